"""Replies of which Meta does not say whether they were sent."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest

from inbox.actions.replies import outcomes
from inbox.models import Delivery, Direction, Message, Platform
from tests import cast
from tests.bounds import eventually
from tests.sending.conftest import Desk, Ears

HALF_ANSWERS = ["apply_then_close", "apply_then_500", "truncated"]


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("kind", HALF_ANSWERS)
def test_a_reply_that_was_sent_without_our_knowing_is_found_in_the_thread(
    desk: Desk, kind: str, platform: Platform, ears: Ears
) -> None:
    desk.talk_to("Yara Voss", platform)
    desk.meta.faults.next("send", kind)
    message_id = desk.replied()
    desk.work()
    assert desk.delivery(message_id) == "UNSURE"
    assert ears.heard("message_updated")[-1]["message"]["delivery"] == "UNSURE"
    desk.sweep()
    assert desk.work() == 0, "the echo is given 2 s"
    desk.let_pass(message_id, 3)
    desk.sweep()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["mid"]) == ("SENT", desk.meta.sent[0]["mid"])
    assert desk.sent_texts() == ["Yes, at noon."]


@pytest.mark.parametrize(("kind", "code"), [("transient", 1), ("transient", 2), ("close", 0)])
def test_a_reply_without_a_trace_fails_after_a_minute_and_can_be_retried(
    desk: Desk, kind: str, code: int
) -> None:
    desk.meta.faults.next("send", kind, code=code)
    message_id = desk.replied()
    desk.work()
    assert desk.delivery(message_id) == "UNSURE"
    desk.let_pass(message_id, 30)
    desk.sweep()
    assert desk.work() == 1
    assert desk.delivery(message_id) == "UNSURE", "it may still come"
    desk.let_pass(message_id, 60)
    desk.sweep()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", "unconfirmed")
    assert "Retry sends it again" in row["error_message"]
    assert desk.sent_texts() == []
    assert desk.post(f"/api/messages/{message_id}/retry").status_code == 200
    desk.work()
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_reply_in_doubt_cannot_be_retried_and_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.meta.faults.next("send", "apply_then_close")
    first, second = desk.replied("One."), desk.replied("Two.")
    desk.work()
    assert [desk.delivery(first), desk.delivery(second)] == ["UNSURE", "SENT"]
    assert desk.post(f"/api/messages/{first}/retry").status_code == 422
    assert desk.sent_texts() == ["One.", "Two."]


def test_two_equal_replies_in_doubt_are_two_messages(desk: Desk) -> None:
    desk.meta.faults.next("send", "apply_then_close", times=2)
    ids = [desk.replied("Yes."), desk.replied("Yes.")]
    desk.work()
    for message_id in ids:
        assert desk.delivery(message_id) == "UNSURE"
        desk.let_pass(message_id, 3)
    desk.sweep()
    desk.work()
    assert [desk.message(each)["mid"] for each in ids] == [sent["mid"] for sent in desk.meta.sent]


def test_an_older_message_with_the_same_text_is_no_proof(desk: Desk) -> None:
    before = desk.replied("Yes.")
    desk.work()
    desk.meta.faults.next("send", "transient")
    message_id = desk.replied("Yes.")
    desk.work()
    assert [desk.delivery(before), desk.delivery(message_id)] == ["SENT", "UNSURE"]
    desk.let_pass(message_id, 90)
    desk.sweep()
    desk.work()
    assert desk.delivery(message_id) == "FAILED"


def test_while_the_thread_cannot_be_read_the_doubt_stays_for_an_hour(desk: Desk) -> None:
    desk.meta.faults.next("send", "apply_then_close")
    desk.meta.faults.next("conversations", "transient", times=None)
    message_id = desk.replied()
    desk.work()
    desk.let_pass(message_id, 120)
    desk.sweep()
    assert desk.work() == 1
    assert desk.delivery(message_id) == "UNSURE"
    desk.let_pass(message_id, 3600)
    desk.sweep()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", "unconfirmed")
    assert "could not be read" in row["error_message"]


def test_the_thread_is_read_ever_more_rarely(desk: Desk) -> None:
    desk.meta.faults.next("send", "close")
    message_id = desk.replied()
    desk.work()
    for _ in range(60):  # a sweep each second of the first minute
        desk.let_pass(message_id, 1)
        desk.sweep()
        desk.work()
    looks = [call for call in desk.meta.calls if call["door"] == "conversations"]
    assert 3 <= len(looks) <= 6


def test_a_worker_that_died_with_a_reply_leaves_it_in_doubt_not_to_be_sent_twice(
    desk: Desk,
) -> None:
    message_id = desk.replied()
    desk.work()
    assert desk.sent_texts() == ["Yes, at noon."]
    # As a worker leaves it that was killed between Meta's answer and writing it down.
    desk.database.rows(
        "UPDATE messages SET delivery = 'SENDING', mid = NULL, attempt = 1,"
        " send_due_at = now(), lease_until = now() + interval '10 seconds'"
    )
    desk.sweep()
    assert desk.work() == 0, "its lease still runs"
    desk.let_pass(message_id, 11)
    desk.sweep()
    assert desk.delivery(message_id) == "UNSURE"
    desk.work()
    assert desk.delivery(message_id) == "SENT"
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_late_answer_is_still_the_truth(desk: Desk) -> None:
    message_id = desk.replied()
    desk.database.rows("UPDATE messages SET attempt = 1, delivery = 'FAILED', error_code = 'x'")
    with desk.app.app_context():
        outcomes.sent((message_id, 1), "m_late")
    row = desk.message(message_id)
    assert (row["delivery"], row["mid"], row["error_code"]) == ("SENT", "m_late", None)


def test_a_worker_that_was_thought_dead_cannot_undo_what_came_after_it(desk: Desk) -> None:
    message_id = desk.replied()
    desk.database.rows("UPDATE messages SET attempt = 2, lease_until = now() + interval '9 s'")
    with desk.app.app_context():
        outcomes.failed((message_id, 1), "x", "x")
        outcomes.in_doubt((message_id, 1))
        outcomes.sent((message_id, 1), "m_old")
    row = desk.message(message_id)
    assert (row["delivery"], row["mid"]) == ("SENDING", None)


def test_a_slow_send_keeps_its_lease(desk: Desk) -> None:
    desk.meta.faults.next("send", "latency", seconds=4)
    message_id = desk.replied()
    working = threading.Thread(target=desk.work)
    working.start()
    taken = "SELECT lease_until FROM messages WHERE lease_until IS NOT NULL"
    (first,) = eventually(lambda: desk.database.rows(taken))
    eventually(lambda: desk.database.rows(taken)[0]["lease_until"] > first["lease_until"])
    working.join()
    assert desk.delivery(message_id) == "SENT"


def test_a_message_that_an_import_stored_meanwhile_becomes_one_with_the_reply(desk: Desk) -> None:
    message_id = desk.replied()
    with desk.app.app_context():
        twin = cast.insert(_copy_of(desk.message(message_id), mid="m_twin"))
        both = desk.database.rows("UPDATE messages SET attempt = 1 RETURNING id")
        assert len(both) == 2
        outcomes.sent((message_id, 1), "m_twin")
    (row,) = desk.database.rows("SELECT * FROM messages")
    assert (row["id"], row["mid"], row["delivery"]) == (message_id, "m_twin", "READ")
    assert row["sent_at"] == twin.sent_at


def test_an_import_at_the_very_same_moment_is_no_second_message_either(desk: Desk) -> None:
    message_id = desk.replied()
    desk.database.rows("UPDATE messages SET attempt = 1")
    importing = psycopg2.connect(desk.database.url)
    with importing, importing.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid,"
            " direction, content, sent_at) SELECT organization_id, facebook_page_id,"
            " conversation_id, 'm_twin', 'OUTGOING', content, now() FROM messages"
        )
        writing = threading.Thread(target=_sent_in, args=(desk, message_id))
        writing.start()
        # It must wait for the import, which is not to be seen yet.
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid'"
        eventually(lambda: desk.database.value(waits))
    importing.close()
    writing.join()
    (row,) = desk.database.rows("SELECT * FROM messages")
    assert (row["id"], row["mid"], row["delivery"]) == (message_id, "m_twin", "SENT")


def _sent_in(desk: Desk, message_id: int) -> None:
    with desk.app.app_context():
        outcomes.sent((message_id, 1), "m_twin")


def _copy_of(row: dict[str, Any], mid: str) -> Message:
    names = ("organization_id", "facebook_page_id", "conversation_id", "content")
    return Message(
        **{name: row[name] for name in names},
        direction=Direction.OUTGOING,
        delivery=Delivery.READ,
        sent_at=datetime.now(UTC),
        mid=mid,
    )
