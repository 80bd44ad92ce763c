"""Every state of a sync, reached for real: web process, worker and the pretend Meta."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.integrations.card import PATH, cancel, card, press, settled, slow, sync
from tests.e2e.integrations.conftest import Worker
from tests.e2e.window import Window
from tests.stores import Database

LONG = 30_000  # ms that a whole sync may take
SOME = re.compile(r"Synced [1-9]\d* contacts")


def test_idle_starting_running_completed(
    alice: Window, meta: Simulator, worker: Worker, database: Database
) -> None:
    slow(meta)
    expect(card(alice)).to_contain_text("Not synced yet")
    sync(alice)
    expect(card(alice)).to_contain_text("Starting…")
    worker()
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS", timeout=LONG)
    expect(card(alice)).to_contain_text(SOME, timeout=LONG)
    expect(card(alice)).to_contain_text("so far")
    expect(card(alice)).to_contain_text("calls to Meta")
    expect(card(alice)).to_contain_text("nobody can tell yet how long it takes")
    expect(card(alice).get_by_role("progressbar")).to_be_visible()
    expect(card(alice)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
    expect(card(alice)).to_contain_text("Last synced just now")
    expect(card(alice)).to_contain_text("400 new contacts")
    assert database.value("SELECT count(*) FROM contacts") == 400
    assert database.value("SELECT max(unread_count) FROM conversations") == 0

    meta.limits.latency_s = 0.1
    sync(alice)
    expect(card(alice)).to_contain_text("of about 400")
    expect(card(alice)).to_contain_text("left")
    assert card(alice).get_by_role("progressbar").get_attribute("max") == "400"
    expect(card(alice)).to_contain_text("No new contacts found", timeout=LONG)


def test_it_goes_on_while_the_tab_is_closed_and_shows_everywhere(
    alice: Window, cast: Cast, meta: Simulator, worker: Worker, window: OpenWindow
) -> None:
    slow(meta, threads=600)
    worker()
    sync(alice)
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS", timeout=LONG)
    other = settled(window(cast.alice, PATH))
    expect(card(other)).to_have_attribute("data-state", "IN_PROGRESS")
    alice.page.close()
    alice.page = alice.context.new_page()
    alice.go(PATH)
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS")
    expect(card(alice)).to_contain_text("Synced")
    alice.reload()
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS")
    for each in (alice, other):
        expect(card(each)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
        expect(card(each)).to_contain_text("600 new contacts")


def test_the_inbox_fills_while_a_sync_runs(
    alice: Window, cast: Cast, meta: Simulator, worker: Worker, window: OpenWindow
) -> None:
    inbox = window(cast.alice)
    expect(inbox.page.locator("#list-empty")).to_be_visible()
    inbox.page.evaluate("window.isTheSamePage = true")
    slow(meta)
    worker()
    sync(alice)
    expect(inbox.rows.first).to_be_visible(timeout=LONG)
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS")
    expect(card(alice)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
    inbox.page.locator("#list-scroll").evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
    expect(inbox.rows.nth(59)).to_be_attached()
    assert inbox.page.evaluate("window.isTheSamePage")
    assert inbox.page.title() == "Inbox", "nothing is unread"


def test_paused_resumed_cancelled(alice: Window, meta: Simulator, worker: Worker) -> None:
    slow(meta)
    worker()
    sync(alice)
    expect(card(alice)).to_contain_text(SOME, timeout=LONG)
    press(alice, "Pause")
    expect(card(alice)).to_contain_text("Paused")
    expect(card(alice)).to_contain_text("when somebody presses Resume")
    alice.reload()
    expect(card(alice)).to_have_attribute("data-state", "PAUSED")
    settled(alice)
    press(alice, "Resume")
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS", timeout=LONG)
    press(alice, "Cancel")
    alice.page.get_by_role("button", name="Let it go on").click()
    expect(card(alice)).to_have_attribute("data-state", "IN_PROGRESS")
    cancel(alice)
    expect(card(alice)).to_contain_text("Cancelled just now")
    expect(card(alice)).to_contain_text("had been synced stay")
    expect(card(alice).get_by_role("button", name="Sync", exact=True)).to_be_visible()


def test_meta_makes_it_wait(alice: Window, meta: Simulator, worker: Worker) -> None:
    slow(meta)
    meta.faults.next("conversations", "rate_limit", after=1, code=80006, minutes=2)
    worker()
    sync(alice)
    expect(card(alice)).to_contain_text("Meta makes us wait for another 1:", timeout=LONG)
    expect(card(alice)).to_contain_text("It goes on by itself.")
    clock = card(alice).locator("[data-countdown]")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    cancel(alice)
    expect(card(alice)).to_contain_text("Cancelled")


def test_the_token_ends_in_the_middle(
    alice: Window, page: FacebookPage, meta: Simulator, worker: Worker, database: Database
) -> None:
    slow(meta)
    meta.faults.next("conversations", "revoke", after=3)
    worker()
    sync(alice)
    expect(card(alice)).to_contain_text("This Page must be reconnected", timeout=LONG)
    expect(card(alice)).to_contain_text(
        "changed their Facebook password. Nothing is sent or synced until you reconnect it."
    )
    link = card(alice).get_by_role("link", name="Reconnect")
    expect(link).to_have_attribute("href", f"{PATH}/facebook/{page.id}/reconnect")
    assert database.value("SELECT token_expired FROM sync_jobs") is True
    last = "SELECT last_synced_at FROM facebook_pages WHERE id = %s"
    assert database.value(last, page.id) is None


def test_it_fails_and_retry_goes_on(alice: Window, meta: Simulator, worker: Worker) -> None:
    slow(meta)
    meta.faults.next("conversations", "permission_lost", times=None, after=4)
    worker()
    sync(alice)
    expect(card(alice)).to_contain_text("The sync failed", timeout=LONG)
    expect(card(alice)).to_contain_text("lacks a permission")
    expect(card(alice)).to_contain_text("were synced before that")
    meta.faults.clear()
    press(alice, "Retry")
    expect(card(alice)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
    expect(card(alice)).to_contain_text("400 new contacts")


def test_failed_contacts_are_listed_and_tried_again(
    alice: Window, meta: Simulator, worker: Worker
) -> None:
    made = meta.generate(threads=60, mean=5, seed=7, instagram_share=0.0)
    person = made.make_person(8)
    meta.faults.next("messages", "broken_thread", times=None, person_id=person.id, code=1)
    worker()
    sync(alice)
    expect(card(alice)).to_contain_text("1 contact could not be synced", timeout=LONG)
    card(alice).locator("summary", has_text="could not be synced").click()
    expect(card(alice).locator(".failed-list li")).to_contain_text(person.name)
    meta.faults.clear()
    press(alice, "Retry failed")
    expect(card(alice)).to_contain_text("1 of 1 contact that had failed", timeout=LONG)


def test_what_was_missed_is_recovered(
    alice: Window, meta: Simulator, worker: Worker, database: Database
) -> None:
    made = meta.generate(threads=20, mean=5, seed=7, instagram_share=0.0)
    worker()
    sync(alice)
    expect(card(alice)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
    meta.page.subscribed_fields = []  # the webhook brings nothing
    for number in range(3):
        meta.says(made.make_person(number).id, f"Nobody heard this {number}")
    sync(alice, "Changes since the last sync")
    expect(card(alice)).to_contain_text("3 messages recovered", timeout=LONG)
    assert database.value("SELECT sum(unread_count) FROM conversations") == 3


def test_history_tells_how_long_each_took(alice: Window, meta: Simulator, worker: Worker) -> None:
    meta.generate(threads=20, mean=5, seed=7)
    worker()
    sync(alice)
    expect(card(alice)).to_have_attribute("data-state", "COMPLETED", timeout=LONG)
    card(alice).locator("summary", has_text="Sync history").click()
    expect(card(alice).locator(".sync-list li")).to_contain_text("20 contacts")
    with alice.page.expect_download() as download:
        card(alice).locator(".sync-list").get_by_role("link").click()
    assert "COMPLETED" in Path(download.value.path()).read_text()
    card(alice).get_by_role("link", name="All syncs of").click()
    expect(alice.page.get_by_role("heading", level=1)).to_contain_text("Syncs of")
    expect(alice.page.locator(".sync-list li")).to_contain_text("Alice")
