"""Two who change the same row at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from tests.api.seats import Seat, Shape
from tests.bounds import eventually
from tests.faults.house import House

WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
A_MESSAGE = (
    "UPDATE conversations SET last_message_snippet = 'And one more.', unread_count = 2,"
    " version = version + 1, changed_xid = pg_current_xact_id() WHERE id = %s"
)


@pytest.mark.parametrize("act", ["read", "resolve"])
def test_who_changes_a_conversation_gets_it_with_what_came_meanwhile(
    house: House, act: str
) -> None:
    """Else their browser would keep a mix of old and new under the newest version."""
    alice = house.seat(house.alice)
    house.meta.says(house.people[0], "The first.")
    eventually(house.all_acked)
    answer = while_a_message_comes(house, lambda: do(alice, house.conversation_ids[0], act))
    (row,) = [each for each in alice.conversations() if each["id"] == answer["id"]]
    assert row["lastMessage"]["content"] == "And one more."
    assert answer == row


def do(seat: Seat, conversation_id: int, act: str) -> Shape:
    path = f"conversations/{conversation_id}"
    changed: Shape = (
        seat.post(f"{path}/read") if act == "read" else seat.patch(path, {"status": "RESOLVED"})
    )
    return changed


def while_a_message_comes(house: House, change: Callable[[], Shape]) -> Shape:
    """The change waits for a row that a message's transaction holds, and goes on after it."""
    with ThreadPoolExecutor(1) as pool, psycopg2.connect(house.database.url) as rival:
        with rival.cursor() as cursor:
            cursor.execute(A_MESSAGE, (house.conversation_ids[0],))
        answer = pool.submit(change)
        eventually(lambda: house.database.rows(WAITS))
        rival.commit()
        return answer.result(10)
