"""Delivered and read: the marks on what we wrote."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.seats import Seat
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Item, Line


def read(line: Line, up_to: Item, at: int) -> Item:
    """Messenger tells a moment, Instagram a message."""
    if line.platform == "FACEBOOK":
        return line.item(at, read={"watermark": at})
    return line.item(at, read={"mid": up_to["message"]["mid"]})


def deliveries(database: Database) -> list[str]:
    rows = database.rows("SELECT delivery FROM messages WHERE direction = 'OUTGOING' ORDER BY id")
    return [row["delivery"] for row in rows]


@pytest.fixture
def ours(door: Door, line: Line, alice: Seat) -> list[Item]:
    """Three messages of ours, a minute apart, and one of the person."""
    items = [line.echo(f"answer {n}", at=NOON + n * MINUTE) for n in range(3)]
    door.takes(line.delivery(*items, line.text("thanks", at=NOON)))
    for _ in range(4):
        alice.ear.waits_for("new_message")
    return items


def test_what_was_read_is_marked_and_what_came_later_is_not(
    door: Door, line: Line, ours: list[Item], alice: Seat, database: Database
) -> None:
    door.takes(line.delivery(read(line, ours[1], NOON + MINUTE)))
    first, second = alice.updated_message(), alice.updated_message()
    assert {first["content"], second["content"]} == {"answer 0", "answer 1"}
    assert (first["delivery"], second["delivery"]) == ("READ", "READ")
    assert 'data-delivery="READ"' in first["html"]
    assert deliveries(database) == ["READ", "READ", "SENT"]
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["contactReadAt"] == "2026-09-21T14:14:20.000Z"
    assert database.value("SELECT delivery FROM messages WHERE direction = 'INCOMING' "
                          "AND content = 'thanks'") == "SENT"  # fmt: skip


@pytest.mark.parametrize("mids", [True, False])
def test_what_was_delivered_is_marked_with_and_without_mids(
    mids: bool, door: Door, messenger: Line, alice: Seat, database: Database
) -> None:
    echo = messenger.echo("answer")
    door.takes(messenger.delivery(echo))
    content: dict[str, Any] = {"watermark": NOON + 1}
    if mids:
        content["mids"] = [echo["message"]["mid"]]
    item = messenger.item(delivery=content)
    del item["timestamp"]  # it may be missing
    door.takes(messenger.delivery(item))
    assert alice.updated_message()["delivery"] == "DELIVERED"


def test_read_is_never_lowered_to_delivered(
    door: Door, messenger: Line, alice: Seat, database: Database
) -> None:
    door.takes(messenger.delivery(messenger.echo("answer")))
    door.takes(messenger.delivery(messenger.item(read={"watermark": NOON + 1})))
    door.takes(messenger.delivery(messenger.item(delivery={"watermark": NOON + 2})))
    assert deliveries(database) == ["READ"]


def test_an_older_receipt_changes_nothing(
    door: Door, line: Line, ours: list[Item], alice: Seat, database: Database
) -> None:
    door.takes(line.delivery(read(line, ours[2], NOON + 2 * MINUTE)))
    door.takes(line.delivery(read(line, ours[0], NOON)))
    assert deliveries(database) == ["READ"] * 3
    moment = database.value(
        "SELECT contact_read_at FROM conversations WHERE contact_read_at IS NOT NULL"
    )
    assert int(moment.timestamp() * 1000) == NOON + 2 * MINUTE


def test_a_receipt_that_comes_before_what_it_is_for_counts(
    door: Door, line: Line, ours: list[Item], alice: Seat, database: Database
) -> None:
    late = line.echo("late", at=NOON + 5 * MINUTE)
    door.takes(line.delivery(read(line, late, NOON + 5 * MINUTE)))
    door.takes(line.delivery(late))
    assert deliveries(database) == ["READ"] * 4
    late_message = alice.ear.waits_for("new_message", lambda e: e["message"]["content"] == "late")[
        "message"
    ]
    assert alice.messages(late_message["conversationId"])[0]["delivery"] == "READ"


def test_a_receipt_of_somebody_we_do_not_know_is_journalled_and_makes_nobody_up(
    door: Door, line: Line, database: Database
) -> None:
    before = database.value("SELECT count(*) FROM contacts")
    door.takes(line.delivery(read(line, line.echo("?"), NOON)))
    assert database.value("SELECT count(*) FROM contacts") == before
    assert database.value("SELECT count(*) FROM webhook_failures") == 0
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 1
