"""Deliveries that come at the same time are stored together, and answered each for itself."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from inbox.local.stores import Stores
from inbox.simulator.signature import wire_text
from tests.pids import frozen
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Item, Line

MANY = 60
LOCKED = 40
AT_ONCE = 30


def send_all(
    door: Door, line: Line, items: Sequence[Item], at_once: int = AT_ONCE
) -> list[tuple[int, float]]:
    """The answer to each, in a delivery of its own, and after how many seconds."""

    def send(item: Item) -> tuple[int, float]:
        began = time.monotonic()
        status = door.post(wire_text(line.delivery(item))).status_code
        return status, time.monotonic() - began

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(send, items))


def texts(line: Line) -> list[Item]:
    """Of a person each."""
    return [line.with_person(f"66{n}").text(f"number {n}", at=NOON + n) for n in range(MANY)]


def statements(database: Database) -> int:
    """In how many transactions the journal was written."""
    return int(database.value("SELECT count(DISTINCT xmin::text) FROM webhook_deliveries"))


def stored(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM messages WHERE content LIKE 'number %%'"))


def test_many_deliveries_at_once_are_stored_in_fewer_statements_each_with_its_journal(
    door: Door, line: Line, database: Database
) -> None:
    answers = send_all(door, line, texts(line))
    assert {status for status, _ in answers} == {200}
    assert stored(database) == MANY
    assert database.value("SELECT count(*) FROM webhook_deliveries") == MANY
    assert statements(database) < MANY


def test_deliveries_without_messages_or_with_long_bodies_are_not_all_stored_at_once(
    door: Door, messenger: Line, database: Database
) -> None:
    """What is written by one statement is held in memory several times over."""
    empty = {"object": "page", "entry": [{"id": messenger.account, "changes": [{"field": "feed"}]}]}
    long = messenger.delivery(messenger.text("number 1")) | {"padding": "x" * 400_000}
    for delivery, most in ((empty, 25), (long, 2)):
        database.rows("DELETE FROM webhook_deliveries")
        with ThreadPoolExecutor(2 * MANY) as pool:
            list(pool.map(door.takes, [wire_text(delivery)] * 2 * MANY))
        together = database.rows("SELECT count(*) FROM webhook_deliveries GROUP BY xmin::text")
        assert sum(row["count"] for row in together) == 2 * MANY
        assert 1 < max(row["count"] for row in together) <= most


def test_a_message_that_postgresql_refuses_is_set_aside_and_its_company_is_stored(
    door: Door, messenger: Line, database: Database
) -> None:
    source = random.Random(7)
    items = texts(messenger)
    for item in items[10::20]:  # too long for an index, which only PostgreSQL can tell
        item["message"]["mid"] = "".join(
            chr(source.randrange(0x10000, 0x1F000)) for _ in range(999)
        )
    answers = send_all(door, messenger, items)
    assert {status for status, _ in answers} == {200}
    assert stored(database) == MANY - 3
    assert database.value("SELECT count(*) FROM webhook_failures") == 3
    assert database.value("SELECT count(*) FROM webhook_deliveries") == MANY
    assert statements(database) < MANY


def test_whoever_comes_with_a_locked_conversation_is_stored_all_the_same(
    door: Door, messenger: Line, database: Database
) -> None:
    door.takes(messenger.delivery(messenger.text("before")))
    items = texts(messenger)
    items[5] = messenger.text("locked", at=NOON + MANY)
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM conversations FOR UPDATE")
        answers = send_all(door, messenger, items)
    assert [status for status, _ in answers] == [503 if n == 5 else 200 for n in range(MANY)]
    assert max(seconds for _, seconds in answers) < 2
    door.takes(messenger.delivery(items[5]))
    assert database.value("SELECT max(unread_count) FROM conversations") == 2


def test_many_messages_for_a_locked_conversation_keep_nobody_else_waiting(
    door: Door, messenger: Line, database: Database
) -> None:
    door.takes(messenger.delivery(messenger.text("before")))
    waiting = [messenger.text("locked", at=NOON + MANY + n) for n in range(MANY)]
    items = [item for pair in zip(waiting, texts(messenger), strict=True) for item in pair]
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM conversations FOR UPDATE")
        answers = send_all(door, messenger, items, at_once=2 * MANY)
    assert {status for status, _ in answers[::2]} == {503}
    assert {status for status, _ in answers[1::2]} == {200}
    assert max(seconds for _, seconds in answers) < 4  # one after the other they took 18


def test_many_locked_conversations_hold_nobody_for_longer_than_meta_waits(
    door: Door, messenger: Line, database: Database
) -> None:
    for item in texts(messenger):
        door.takes(messenger.delivery(item))
    late = [messenger.with_person(f"66{n}").text("late", at=NOON + MANY) for n in range(LOCKED)]
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM conversations FOR UPDATE")
        answers = send_all(door, messenger, late, at_once=LOCKED)
    assert {status for status, _ in answers} == {503}
    assert max(seconds for _, seconds in answers) < 5  # one after the other they took 7
    assert {status for status, _ in send_all(door, messenger, late)} == {200}
    assert database.value("SELECT count(*) FROM conversations WHERE unread_count = 2") == LOCKED


@pytest.mark.faults
def test_a_database_that_hangs_gets_503_for_all_that_wait_and_redelivery_stores_all(
    door: Door, messenger: Line, stores: Stores, database: Database
) -> None:
    items = texts(messenger)[:AT_ONCE]
    with frozen(stores.postgresql.process):
        answers = send_all(door, messenger, items)
    assert {status for status, _ in answers} == {503}
    assert max(seconds for _, seconds in answers) < 2
    assert {status for status, _ in send_all(door, messenger, items)} == {200}
    assert stored(database) == AT_ONCE
