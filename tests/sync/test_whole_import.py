"""A complete import: everything that Meta tells, once, and nobody is disturbed."""

from __future__ import annotations

import pytest
from redis import Redis
from sqlalchemy import select

from inbox import shapes
from inbox.extensions import db
from inbox.models import Contact
from inbox.simulator.generated_page import GeneratedPage
from tests.sending.conftest import Ears
from tests.sync.conftest import Shop


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """Several slices on both platforms, and threads that take several calls."""
    shop.meta.generate(threads=90, mean=30, sigma=1.1, instagram_share=0.3, nameless_share=0.1)
    return shop


def made(shop: Shop) -> GeneratedPage:
    return shop.meta.generated[shop.meta.page.id]


def test_it_equals_what_meta_has(filled: Shop) -> None:
    lengths = [made(filled).length(n) for n in range(90)]
    assert max(lengths) > 200, "some threads take further calls"
    job = filled.sync()
    assert job["status"] == "COMPLETED"
    assert filled.sums() == filled.sums_at_meta()
    assert (job["total_contacts"], job["synced_contacts"], job["failed_contacts"]) == (90, 90, 0)
    assert job["new_contacts"] == 90
    assert job["new_messages"] == sum(each["messages"] for each in filled.sums().values())
    assert job["graph_calls"] == filled.calls()
    assert job["failure"] is None
    (page,) = filled.database.rows("SELECT * FROM facebook_pages WHERE id = %s", filled.page.id)
    assert job["started_at"] <= page["synced_until"] <= page["last_synced_at"]


def test_a_second_one_brings_nothing_and_changes_nothing(filled: Shop) -> None:
    filled.sync()
    rows = "SELECT id, version, unread_count, changed_xid FROM conversations ORDER BY id"
    before = filled.database.rows(rows)
    again = filled.sync()
    assert again["status"] == "COMPLETED"
    assert (again["new_contacts"], again["new_messages"]) == (0, 0)
    assert again["synced_contacts"] == 90
    assert filled.is_whole()
    assert filled.database.rows(rows) == before


def test_people_have_the_names_that_the_list_tells(filled: Shop) -> None:
    filled.sync()
    people = {person.id: person for person in map(made(filled).make_person, range(90))}
    rows = filled.database.rows("SELECT * FROM contacts")
    assert {row["messenger_psid"] or row["instagram_sid"] for row in rows} == set(people)
    nameless = 0
    for row in rows:
        person = people[row["messenger_psid"] or row["instagram_sid"]]
        is_instagram = person.platform == "instagram"
        assert row["name"] == (None if is_instagram else person.name or None)
        assert row["username"] == (person.username if is_instagram else None)
        nameless += not (row["name"] or row["username"])
        is_named = bool(row["name"] or row["username"])
        assert (row["profile_due_at"] > row["created_at"]) == is_named, "the nameless come first"
    assert nameless, "Meta does not say all names"


def test_names_go_by_rule_until_a_profile_tells_more(filled: Shop) -> None:
    filled.sync()
    with filled.app.app_context():
        for contact in db.session.scalars(select(Contact)):
            person_id = contact.messenger_psid or contact.instagram_sid or ""
            username = contact.username and f"@{contact.username}"
            expected = contact.name or username or f"User {person_id[-6:]}"
            assert shapes.contact(contact)["name"] == expected


def test_how_much_of_each_thread_there_is(filled: Shop) -> None:
    filled.sync()
    history = {
        row["thread_id"]: row["history"]
        for row in filled.database.rows("SELECT thread_id, history FROM conversations")
    }
    expected = {}
    for n in range(90):
        thread = made(filled).make_thread(n)
        is_cut = thread.platform == "instagram" and len(thread.messages) > 20
        expected[thread.id] = "NEWEST_ONLY" if is_cut else "COMPLETE"
    assert set(expected.values()) == {"NEWEST_ONLY", "COMPLETE"}
    assert history == expected


def test_messages_are_as_they_were_said(filled: Shop) -> None:
    filled.sync()
    rows = {row["mid"]: row for row in filled.database.rows("SELECT * FROM messages")}
    files = filled.database.value("SELECT count(*) FROM attachments WHERE copy_state = 'PENDING'")
    reacted = 0
    for n in range(90):
        thread = made(filled).make_thread(n)
        newest = 20 if thread.platform == "instagram" else len(thread.messages)
        for message in list(thread.messages)[-newest:]:
            row = rows[message.mid]
            assert row["content"] == message.text
            assert row["direction"] == ("OUTGOING" if message.from_page else "INCOMING")
            assert int(row["sent_at"].timestamp()) == message.created_ms // 1000
            emoji = [each["emoji"] for each in row["reactions"]]
            assert emoji == [each.emoji for each in message.reactions.values()]
            reacted += bool(emoji)
    assert reacted
    assert files > 0


def test_list_rows_show_the_newest_message(filled: Shop) -> None:
    filled.sync()
    wrong = filled.database.rows(
        "SELECT id FROM conversations WHERE last_message_at <>"
        " (SELECT max(sent_at) FROM messages WHERE conversation_id = conversations.id)"
    )
    assert wrong == []


def test_nobody_is_disturbed(filled: Shop, ears: Ears, redis: Redis) -> None:
    filled.sync()
    heard = ears.heard("new_message")
    assert heard == []
    assert filled.unread() == 0
    assert filled.meta.sent == []
    assert filled.database.value("SELECT count(*) FROM fetch_jobs") == 0
    assert filled.database.value("SELECT count(*) FROM notifications") == 0
    assert redis.exists("rq:queue:outgoing") == 0


def test_progress_is_told_slice_by_slice(filled: Shop, ears: Ears) -> None:
    job_id = filled.request()
    filled.run(job_id)
    heard = [event["job"] for event in ears.heard("sync_progress")]
    # The platforms' threads tell side by side: what overtakes has the higher version.
    jobs = sorted(heard, key=lambda job: job["version"])
    assert {job["id"] for job in jobs} == {str(job_id)}
    synced = [job["syncedContacts"] for job in jobs]
    assert synced == sorted(synced)
    assert len(set(synced)) > 3
    assert (jobs[0]["status"], jobs[-1]["status"]) == ("PENDING", "COMPLETED")


def test_files_of_the_past_wait_behind_those_of_today(filled: Shop) -> None:
    filled.sync()
    late = filled.database.value(
        "SELECT count(*) FROM attachments JOIN messages ON messages.id = message_id"
        " WHERE copy_due_at <> sent_at"
    )
    assert late == 0


def test_an_empty_page_is_synced_too(shop: Shop) -> None:
    job = shop.sync()
    assert (job["status"], job["total_contacts"]) == ("COMPLETED", 0)


def test_a_page_without_instagram_asks_nothing_of_it(shop: Shop) -> None:
    shop.database.rows("UPDATE facebook_pages SET instagram_account_id = NULL")
    shop.meta.generate(threads=10, mean=3, instagram_share=0.5)
    job = shop.sync()
    assert job["status"] == "COMPLETED"
    assert {call["platform"] for call in shop.meta.calls} == {"messenger"}
    assert set(shop.sums()) == {"FACEBOOK"}


def test_odd_names_and_texts_stop_nothing(shop: Shop) -> None:
    odd = shop.meta.add_person("A\x00\ud800 Zed")
    shop.meta.says(odd, "half \ud83d and nul \x00")
    job = shop.sync()
    assert (job["status"], job["synced_contacts"]) == ("COMPLETED", 1)
    assert shop.database.value("SELECT name FROM contacts") == "A\ufffd Zed"
    assert shop.database.value("SELECT content FROM messages") == "half \ufffd and nul "
