"""How events are packed: ids, times, entries."""

from __future__ import annotations

import pytest

from tests.api.seats import Seat
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Line


@pytest.mark.parametrize("moment", [NOON, NOON // 1000, str(NOON), str(NOON // 1000)])
def test_times_come_in_milliseconds_or_seconds_as_numbers_or_texts(
    moment: object, door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Hello", at=moment)))
    assert alice.new_message()["timestamp"] == "2026-09-21T14:13:20.000Z"


def test_ids_come_as_numbers_or_texts(door: Door, line: Line, database: Database) -> None:
    as_numbers = {
        "object": line.object,
        "entry": [
            {
                "id": int(line.account),
                "messaging": [
                    {
                        "sender": {"id": int(line.person)},
                        "recipient": {"id": int(line.account)},
                        "timestamp": NOON,
                        "message": {"mid": 9_990_001, "text": "From a number"},
                    }
                ],
            }
        ],
    }
    door.takes(line.delivery(line.text("From a text")))
    door.takes(as_numbers)
    found = database.rows(
        "SELECT mid, conversation_id FROM messages WHERE content LIKE 'From a %%' ORDER BY id"
    )
    assert found[0]["conversation_id"] == found[1]["conversation_id"]
    assert found[1]["mid"] == "9990001"


def test_an_entry_that_carries_the_persons_id_still_finds_the_page(
    door: Door, line: Line, alice: Seat
) -> None:
    delivery = line.delivery(line.text("Hello"))
    delivery["entry"][0]["id"] = line.person  # as some of Meta's examples have it
    door.takes(delivery)
    assert alice.new_message()["direction"] == "INCOMING"


def test_many_entries_and_many_items_of_an_entry_are_all_read(
    door: Door, line: Line, database: Database
) -> None:
    delivery = line.delivery(line.text("batch 1"), line.text("batch 2"))
    delivery["entry"][0]["messaging"].append(line.text("batch 3"))
    door.takes(delivery)
    assert database.value("SELECT count(*) FROM messages WHERE content LIKE 'batch %%'") == 3
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 1
