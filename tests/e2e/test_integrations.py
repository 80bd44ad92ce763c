"""Every state of a Page's card, reached for real: web process, worker and the pretend Meta."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from inbox.local.processes import Process
from inbox.models import FacebookPage, Role
from inbox.simulator.server import Simulator
from tests import cast as rows
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.window import Window
from tests.integrations.syncs import connect
from tests.processes import Starter
from tests.stores import Database

PATH = "/settings/integrations"
LONG = 30_000  # ms that a whole sync may take
SOME = re.compile(r"Synced [1-9]\d* contacts")

Worker = Callable[[], Process]


@pytest.fixture
def page(app: Flask, cast: Cast, meta: Simulator, database: Database) -> FacebookPage:
    """The only one of Alice's organization."""
    with app.app_context():
        connected = connect(cast.organization, meta)
    database.rows("DELETE FROM messages; DELETE FROM conversations; DELETE FROM contacts")
    database.rows("DELETE FROM facebook_pages WHERE id = %s", cast.page.id)
    return connected


@pytest.fixture
def worker(start: Starter) -> Worker:
    """Call it to start the worker of syncs."""
    return lambda: start.workers("sync")


@pytest.fixture
def alice(cast: Cast, page: FacebookPage, window: OpenWindow) -> Window:
    return settled(window(cast.alice, PATH))


def settled(window: Window) -> Window:
    window.page.wait_for_selector("html[data-live]")
    return window


def card(window: Window) -> Locator:
    return window.page.locator("[data-page]")


def press(window: Window, name: str) -> None:
    card(window).get_by_role("button", name=name, exact=True).click()


def sync(window: Window, what: str = "Everything") -> None:
    press(window, "Sync")
    card(window).get_by_role("button", name=what).click()


def slow(meta: Simulator, threads: int = 400) -> None:
    """A page whose sync takes some seconds: each answer takes its time."""
    meta.generate(threads=threads, mean=30, seed=7)
    meta.limits.latency_s = 0.4


def test_without_a_page_the_way_to_connect_one_is_shown(app: Flask, window: OpenWindow) -> None:
    with app.app_context():
        ada = rows.user(rows.organization("A new one"), "Ada", Role.ADMIN)
    alone = window(ada, PATH)
    link = alone.page.get_by_role("link", name="Connect a Facebook Page")
    expect(link).to_have_attribute("href", "/settings/integrations/connect")
    expect(alone.page.get_by_role("heading", name="No Page is connected yet")).to_be_visible()
    alone.go("/inbox")
    expect(alone.page.locator("#list-empty")).to_contain_text("No Page is connected yet")
    alone.page.get_by_role("link", name="Connect a Page").click()
    expect(alone.page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()


def test_agents_are_not_shown_a_way_that_is_not_theirs(app: Flask, window: OpenWindow) -> None:
    with app.app_context():
        abe = rows.user(rows.organization("A new one"), "Abe", Role.AGENT)
    alone = window(abe)
    expect(alone.page.locator("#list-empty")).to_contain_text("Nothing is assigned to you yet")
    expect(alone.page.get_by_role("link", name="Connect a Page")).to_have_count(0)


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
    press(alice, "Cancel")
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


def test_the_last_days(alice: Window, page: FacebookPage, database: Database) -> None:
    press(alice, "Sync")
    card(alice).get_by_label("The last").fill("7")
    card(alice).get_by_label("The last").press("Enter")
    expect(card(alice)).to_contain_text("Starting…")
    row = database.rows("SELECT kind, now() - since AS back FROM sync_jobs")[0]
    assert (row["kind"], round(row["back"].total_seconds() / 86400)) == ("LAST_DAYS", 7)


def test_settings_are_kept_and_shown_to_the_others(
    alice: Window, cast: Cast, window: OpenWindow
) -> None:
    other = settled(window(cast.alice, PATH))
    press(alice, f"Settings of {card(alice).get_by_role('heading', level=2).inner_text()}")
    expect(card(alice)).to_contain_text("There are no pipelines yet.")
    card(alice).get_by_label("Sync changes automatically").check()
    card(alice).get_by_label("How often").select_option(label="every 6 hours")
    press(alice, "Save")
    expect(alice.page.locator("#toasts")).to_contain_text("Settings saved")
    field = card(other).locator('[name="syncInterval"]')
    expect(field).to_have_value("360")
    alice.reload()
    expect(card(alice).locator('[name="autoSync"]')).to_be_checked()


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


def test_what_fails_is_said_on_the_card(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    sync(alice)
    expect(card(alice)).to_contain_text("Starting…")
    database.rows("UPDATE sync_jobs SET status = 'CANCELLED', completed_at = now()")
    press(alice, "Pause")  # nobody told this browser
    expect(card(alice).get_by_role("alert")).to_contain_text("This sync is cancelled.")
    expect(card(alice)).to_have_attribute("data-state", "CANCELLED")
    alice.context.set_offline(True)
    sync(alice)
    expect(card(alice).get_by_role("alert")).to_contain_text("No connection")
    alice.context.set_offline(False)


def test_what_the_socket_never_told_is_caught_up_with(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    sync(alice)
    expect(card(alice)).to_contain_text("Starting…")
    database.rows("UPDATE sync_jobs SET status = 'PAUSED'")
    alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(alice)).to_contain_text("Paused")


def test_by_keyboard_alone(alice: Window, database: Database) -> None:
    card(alice).get_by_role("button", name="Sync", exact=True).focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        alice.page.keyboard.press(key)
    expect(card(alice)).to_contain_text("Starting…")
    focused = alice.page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part")
    assert focused == "buttons", "who works by keyboard stays where they were"
    eventually(lambda: database.value("SELECT count(*) FROM sync_jobs") == 1)


def test_a_menu_that_is_open_stays_open_when_news_comes(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    press(alice, "Sync")
    menu = card(alice).locator(".sync-menu")
    expect(menu).to_be_visible()
    database.rows("UPDATE facebook_pages SET data_access_expires_at = now() + interval '3 days'")
    alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(alice)).to_contain_text("Meta withholds Instagram messages from")
    expect(menu).to_be_visible()
