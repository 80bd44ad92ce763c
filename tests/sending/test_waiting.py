"""Replies that have to wait: for Meta, for the one before them, for a worker."""

from __future__ import annotations

import pytest

from inbox.models import Platform
from tests.sending.conftest import Desk


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80002, 80006])
def test_a_rate_limit_keeps_the_reply_until_meta_takes_it(desk: Desk, code: int) -> None:
    desk.meta.faults.next("send", "rate_limit", code=code, minutes=1)
    message_id = desk.replied()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["lease_until"]) == ("SENDING", None)
    waits = desk.database.value("SELECT send_due_at - clock_timestamp() FROM messages")
    assert 50 < waits.total_seconds() <= 60  # as long as Meta's header said
    desk.sweep()
    assert desk.work() == 0
    desk.let_pass(message_id, 61)
    desk.sweep()
    desk.work()
    assert desk.delivery(message_id) == "SENT"
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_rate_limit_that_lasts_too_long_fails_the_reply(desk: Desk) -> None:
    desk.meta.faults.next("send", "rate_limit", minutes=30)
    message_id = desk.replied()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", "4")
    assert "Wait" in row["error_message"]


def test_a_meta_that_cannot_be_reached_is_tried_again_then_given_up(desk: Desk) -> None:
    message_id = desk.replied()
    desk.meta._server.shutdown()
    desk.meta._server.server_close()
    desk.work()
    assert desk.delivery(message_id) == "SENDING"
    desk.let_pass(message_id, 8 * 60)
    desk.sweep()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", "transient")
    assert "nothing was sent" in row["error_message"]


def test_replies_of_a_conversation_leave_in_their_order(desk: Desk) -> None:
    desk.meta.faults.next("send", "rate_limit", minutes=1)
    first, second = desk.replied("One."), desk.replied("Two.")
    desk.work()
    assert [desk.delivery(first), desk.delivery(second)] == ["SENDING", "SENDING"]
    assert desk.sent_texts() == []
    desk.let_pass(first, 61)
    desk.sweep()
    desk.work()
    assert desk.sent_texts() == ["One.", "Two."]


def test_other_conversations_do_not_wait(desk: Desk) -> None:
    desk.meta.faults.next("send", "rate_limit", minutes=1)
    desk.replied("One.")
    desk.talk_to("Yara Voss", Platform.FACEBOOK)
    desk.replied("Two.")
    desk.work()
    assert desk.sent_texts() == ["Two."]


def test_a_failed_reply_does_not_hold_up_the_next(desk: Desk) -> None:
    desk.meta.faults.next("send", "error", code=100)
    first, second = desk.replied("One."), desk.replied("Two.")
    desk.work()
    assert [desk.delivery(first), desk.delivery(second)] == ["FAILED", "SENT"]


def test_the_same_job_twice_sends_once(desk: Desk) -> None:
    message_id = desk.replied()
    desk.let_pass(message_id, 10)
    desk.sweep()
    assert desk.work() == 2
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_lost_job_is_found_by_the_sweep(desk: Desk) -> None:
    message_id = desk.replied()
    desk.redis.flushall()
    desk.sweep()
    assert desk.work() == 0, "not before 5 s: its worker may just be coming"
    desk.let_pass(message_id, 6)
    desk.sweep()
    desk.sweep()
    assert desk.work() == 1, "asked for once, not with each sweep"
    assert desk.delivery(message_id) == "SENT"
