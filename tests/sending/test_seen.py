"""The customer sees that the team has read their message."""

from __future__ import annotations

from tests.sending.conftest import Desk


def read(desk: Desk) -> None:
    desk.database.rows("UPDATE conversations SET unread_count = 1")
    assert desk.post(f"/api/conversations/{desk.conversation_id}/read").status_code == 200
    desk.work()


def actions(desk: Desk) -> int:
    return [call["door"] for call in desk.meta.calls].count("sender_action")


def test_reading_a_thread_marks_it_seen_at_meta(desk: Desk) -> None:
    read(desk)
    (thread,) = [t for t in desk.meta.world.threads.values() if t.person_id == desk.zelda.id]
    assert thread.page_seen_ms > 0


def test_meta_is_told_once_in_a_few_seconds(desk: Desk) -> None:
    read(desk)
    read(desk)
    assert actions(desk) == 1
    desk.redis.delete(f"inbox-seen:{desk.conversation_id}")
    read(desk)
    assert actions(desk) == 2


def test_nothing_is_told_when_the_window_is_closed_or_the_page_disconnected(desk: Desk) -> None:
    desk.wrote(hours_ago=25)
    read(desk)
    desk.wrote(hours_ago=0)
    desk.database.rows("UPDATE facebook_pages SET token_failed_at = now()")
    read(desk)
    assert actions(desk) == 0


def test_a_failure_changes_nothing(desk: Desk) -> None:
    desk.meta.faults.next("sender_action", "transient")
    read(desk)
    assert actions(desk) == 1
    assert desk.database.value("SELECT unread_count FROM conversations") == 0
