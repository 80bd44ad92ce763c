"""Holes are filled, and what is live stays live: watermarks, recovered messages, and people who
write while their thread is being imported."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from inbox.models import SyncKind
from inbox.simulator.world import Person
from tests.bounds import eventually
from tests.processes import Web
from tests.sending.conftest import Ears
from tests.sync.conftest import Row, Shop

MINUTE = 60_000
Says = Callable[..., None]


@pytest.fixture
def synced(shop: Shop) -> Shop:
    """Everything was synced an hour ago. What is said from now on, nobody hears."""
    shop.meta.generate(threads=60, mean=5, sigma=0.5, instagram_share=0.3)
    shop.sync()
    shop.database.rows("UPDATE facebook_pages SET synced_until = now() - interval '1 hour'")
    shop.database.rows("UPDATE sync_jobs SET created_at = now() - interval '1 hour'")
    shop.meta.calls.clear()
    return shop


def said(shop: Shop, person: Person, text: str, minutes_ago: float, *, by_us: bool = False) -> None:
    at_ms = shop.meta.clock.now_ms() - int(minutes_ago * MINUTE)
    shop.meta.does(person, "page_inbox" if by_us else "text", text=text, at_ms=at_ms)


def conversation(shop: Shop, person: Person) -> Row:
    (row,) = shop.database.rows(
        "SELECT conversations.* FROM conversations JOIN contacts ON contacts.id = contact_id"
        " WHERE %s IN (messenger_psid, instagram_sid)",
        person.id,
    )
    return row


def nth(shop: Shop, n: int) -> Person:
    """One of those who wrote long ago, and may act now."""
    return shop.meta.person(shop.meta.generated[shop.meta.page.id].make_person(n).id)


def test_changes_stop_at_the_watermark(synced: Shop) -> None:
    for n in (3, 33, 50):
        said(synced, nth(synced, n), "Still there?", 30)
    job = synced.sync(SyncKind.CHANGES)
    since = synced.database.value(
        "SELECT created_at - since FROM sync_jobs WHERE id = %s", job["id"]
    )
    assert since >= timedelta(minutes=70), "ten minutes before the watermark"
    assert (job["status"], job["total_contacts"], job["new_messages"]) == ("COMPLETED", 3, 3)
    assert synced.calls() == 2, "one for each account"
    assert synced.is_whole()
    until = synced.database.value("SELECT synced_until FROM facebook_pages")
    assert until >= job["started_at"]


def test_the_overlap_is_looked_at_again(synced: Shop) -> None:
    said(synced, nth(synced, 3), "Just before", 65)
    said(synced, nth(synced, 4), "Long before", 75)
    job = synced.sync(SyncKind.CHANGES)
    assert (job["total_contacts"], job["new_messages"], job["recovered_messages"]) == (1, 1, 1)


def test_recovered_messages_are_unread_until_somebody_answered(synced: Shop, ears: Ears) -> None:
    waiting, answered, newcomer = nth(synced, 2), nth(synced, 40), synced.meta.add_person("Zed New")
    for n in range(3):
        said(synced, waiting, f"line {n}", 40 - n)
        said(synced, answered, f"line {n}", 40 - n)
        said(synced, newcomer, f"line {n}", 40 - n)
    said(synced, answered, "Yes!", 20, by_us=True)
    said(synced, waiting, "We open at ten.", 39.5, by_us=True)
    job = synced.sync(SyncKind.CHANGES)
    assert job["recovered_messages"] == 11
    told = ears.heard("new_message")
    assert len(told) == 11
    assert {event["conversation"]["unreadCount"] for event in told} == {0, 2, 3}
    assert conversation(synced, answered)["unread_count"] == 0
    assert conversation(synced, waiting)["unread_count"] == 2, "those after the answer"
    assert conversation(synced, newcomer)["unread_count"] == 3
    assert conversation(synced, waiting)["last_message_snippet"] == "line 2"
    assert synced.unread() == 5
    again = synced.sync(SyncKind.CHANGES)
    assert (again["recovered_messages"], again["new_messages"]) == (0, 0)
    assert synced.unread() == 5


def test_a_settled_thread_is_opened_again_by_what_was_recovered(synced: Shop) -> None:
    person = nth(synced, 2)
    synced.database.rows("UPDATE conversations SET status = 'RESOLVED'")
    said(synced, person, "One more thing", 30)
    synced.sync(SyncKind.CHANGES)
    assert conversation(synced, person)["status"] == "OPEN"
    resolved = "SELECT count(*) FROM conversations WHERE status = 'RESOLVED'"
    assert synced.database.value(resolved) == 59


def test_old_messages_of_a_thread_are_no_recovered_ones(shop: Shop) -> None:
    """The page has a past that nobody imported; a newcomer to us comes back in the hole."""
    person = shop.meta.add_person("Zelda Quill")
    for n in range(5):
        said(shop, person, f"old {n}", 3000 - n)
    shop.database.rows("UPDATE facebook_pages SET synced_until = now() - interval '1 hour'")
    said(shop, person, "Hello again", 30)
    job = shop.sync(SyncKind.CHANGES)
    assert (job["new_messages"], job["recovered_messages"]) == (6, 1)
    assert conversation(shop, person)["unread_count"] == 1


def test_where_nothing_was_ever_synced_the_hole_begins_with_the_page(shop: Shop) -> None:
    old, missed = shop.meta.add_person("Olga Old"), shop.meta.add_person("Mia Missed")
    said(shop, old, "Long ago", 3000)
    shop.database.rows("UPDATE facebook_pages SET created_at = now() - interval '2 hours'")
    said(shop, missed, "While you were away", 30)
    job = shop.sync(SyncKind.CHANGES)
    assert (job["new_messages"], job["recovered_messages"]) == (2, 1)
    assert conversation(shop, old)["unread_count"] == 0
    assert conversation(shop, missed)["unread_count"] == 1


def test_who_writes_while_the_thread_is_imported_is_stored_once(shop: Shop, live: Web) -> None:
    shop.meta.generate(threads=60, mean=20, sigma=0.5, instagram_share=0)
    shop.meta.limits.latency_s = 0.15
    shop.meta.webhooks.holding = False
    people = [nth(shop, n) for n in (0, 5, 30, 55, 59)]
    job_id = shop.request()
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(shop.run, job_id)
        for turn in range(3):
            for person in people:
                shop.meta.says(person, f"live {turn}")
        eventually(lambda: shop.meta.webhooks.in_flight() == 0)
        job = running.result(60)
    assert job["status"] == "COMPLETED"
    assert shop.is_whole()
    for person in people:
        row = conversation(shop, person)
        assert (row["unread_count"], row["last_message_snippet"]) == (3, "live 2")
        assert row["history"] == "COMPLETE"


def test_what_an_import_read_before_meta_delivered_it_is_live_all_the_same(
    shop: Shop, live: Web, ears: Ears
) -> None:
    person = shop.meta.add_person("Zelda Quill")
    shop.meta.webhooks.holding = True
    mid = shop.meta.does(person, "attachment", type="image", text="Look!")["mid"]
    assert shop.sync()["new_messages"] == 1
    assert shop.unread() == 0
    shop.meta.webhooks.release()
    eventually(lambda: shop.unread() == 1)
    (event,) = eventually(lambda: ears.heard("new_message"))
    assert event["message"]["mid"] == mid
    assert shop.database.value("SELECT count(*) FROM messages") == 1
    assert shop.database.value("SELECT count(*) FROM attachments") == 1
    sent_at = shop.database.value("SELECT sent_at FROM messages")
    assert sent_at.microsecond, "now to the millisecond"


def test_what_was_said_in_one_second_keeps_its_order(shop: Shop) -> None:
    person = shop.meta.add_person("Zelda Quill")
    now = shop.meta.clock.now_ms() // 1000 * 1000
    for n in range(5):
        shop.meta.says(person, f"line {n}", at_ms=now + n)
    shop.sync()
    rows = shop.database.rows("SELECT content FROM messages ORDER BY sent_at, id")
    assert [row["content"] for row in rows] == [f"line {n}" for n in range(5)]


def test_a_thread_that_moves_to_the_top_while_the_list_is_read_is_not_missed(shop: Shop) -> None:
    shop.meta.generate(threads=120, mean=4, sigma=0.5, instagram_share=0)
    person, job_id = nth(shop, 115), shop.request()
    shop.meta.limits.latency_s = 0.3
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(shop.run, job_id)
        eventually(lambda: shop.job(job_id)["synced_contacts"])
        shop.meta.says(person, "I am on top now")
        job = running.result(60)
    assert (job["status"], job["total_contacts"]) == ("COMPLETED", 120)
    assert shop.is_whole()


def test_the_last_days_leave_no_hole_behind(synced: Shop) -> None:
    before = synced.database.value("SELECT synced_until FROM facebook_pages")
    synced.database.rows("UPDATE facebook_pages SET synced_until = now() - interval '30 days'")
    said(synced, nth(synced, 9), "Two days ago", 2 * 24 * 60)
    job = synced.sync(SyncKind.LAST_DAYS, days=7)
    assert (job["total_contacts"], job["new_messages"]) == (1, 1)
    assert synced.unread() == 0, "importing raises no unread"
    after = synced.database.value("SELECT synced_until FROM facebook_pages")
    assert after < before, "what lies between is still to be looked at"
    assert synced.database.value("SELECT last_synced_at FROM facebook_pages") is not None
