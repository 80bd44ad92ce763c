"""The database or Redis away: 503 fast, or 200 fast; afterwards everything is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg2
import pytest
import redis

from inbox.local.stores import Stores
from inbox.simulator.signature import wire_text
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.cast import Cast
from tests.pids import frozen
from tests.processes import Web
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Line, new_mid

pytestmark = pytest.mark.faults
MANY = 30


@pytest.fixture
def bodies(messenger: Line, instagram: Line) -> dict[str, bytes]:
    """By mid: messages of new people, echoes, and a reaction beside its message."""
    made = {}
    for n in range(MANY):
        own, mid = (messenger if n % 2 else instagram).with_person(f"55{n}"), new_mid()
        item = own.echo("ours", mid) if n % 5 == 0 else own.text("theirs", mid, NOON + n)
        later = own.item(NOON + n, reaction={"mid": mid, "action": "react", "emoji": "❤"})
        made[mid] = wire_text(own.delivery(item, later))
    return made


def send_all(
    door: Door, bodies: dict[str, bytes], at_once: int = MANY
) -> dict[str, tuple[int, float]]:
    """The answer to each, and how long it took in seconds."""

    def send(mid: str) -> tuple[str, tuple[int, float]]:
        began = time.monotonic()
        status = door.post(bodies[mid], seconds=30).status_code
        return mid, (status, time.monotonic() - began)

    with ThreadPoolExecutor(at_once) as pool:
        return dict(pool.map(send, bodies))


def is_all_there(database: Database, bodies: dict[str, bytes]) -> bool:
    rows = database.rows("SELECT mid, reactions FROM messages WHERE mid = ANY(%s)", list(bodies))
    unread = database.value("SELECT coalesce(sum(unread_count), 0) FROM conversations")
    complete = all(len(row["reactions"]) == 1 for row in rows)
    return len(rows) == MANY and complete and int(unread) == MANY - MANY // 5


@pytest.fixture
def durable(live: Web, database: Database, cast: Cast) -> Iterator[None]:
    """As in production: what is committed survives a crash. (The tests' server commits faster.)"""
    name = database.value("SELECT current_database()")
    database.rows(f"ALTER DATABASE {name} SET synchronous_commit = on")
    web = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    database.rows(web, "inbox-web")  # new connections have the new setting
    eventually(live.is_ready)
    # One such commit makes all before it safe too: the cast's.
    database.rows("SET synchronous_commit = on; INSERT INTO webhook_deliveries (body) VALUES ('')")
    yield
    database.rows(f"ALTER DATABASE {name} RESET synchronous_commit")


@contextmanager
def stopped(stores: Stores) -> Iterator[None]:
    stores.postgresql.process.kill()
    try:
        yield
    finally:
        stores.postgresql.start()


def test_a_database_that_hangs_gets_503_within_two_seconds_and_redelivery_stores_all(
    door: Door, live: Web, bodies: dict[str, bytes], stores: Stores, database: Database
) -> None:
    with frozen(stores.postgresql.process):
        answers = send_all(door, bodies)
    assert {status for status, _ in answers.values()} == {503}
    assert max(seconds for _, seconds in answers.values()) < 2
    _redeliver(door, live, bodies, database)


@pytest.mark.usefixtures("durable")
def test_a_database_that_stops_gets_503_at_once_and_redelivery_stores_all(
    door: Door, live: Web, bodies: dict[str, bytes], stores: Stores, database: Database
) -> None:
    with stopped(stores):
        answers = send_all(door, bodies)
    assert {status for status, _ in answers.values()} == {503}
    assert max(seconds for _, seconds in answers.values()) < 2
    database.connect()
    _redeliver(door, live, bodies, database)


@pytest.mark.usefixtures("durable")
def test_after_a_restart_of_the_database_the_first_delivery_is_taken(
    door: Door, messenger: Line, live: Web, stores: Stores, database: Database
) -> None:
    for _ in range(2):  # all connections of the process are in use by now
        send_all(door, {"m": wire_text(messenger.delivery(messenger.text("before", "m")))})
    with stopped(stores):
        pass
    database.connect()
    door.takes(messenger.delivery(messenger.text("after")))
    assert database.value("SELECT count(*) FROM messages WHERE content = 'after'") == 1


@pytest.mark.parametrize("messages", [1, 30])
def test_a_delivery_whose_connection_is_cut_while_it_is_stored_is_taken_by_another(
    messages: int, door: Door, messenger: Line, database: Database
) -> None:
    door.takes(messenger.delivery(messenger.text("before")))
    items = [messenger.text("after", at=NOON + 1 + n) for n in range(messages)]
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'inbox-web' AND wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor(1) as pool:
        with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT FROM conversations FOR UPDATE")
            taken = pool.submit(door.takes, messenger.delivery(*items))
            eventually(lambda: database.rows(cut), 5)
        taken.result(20)
    stored = database.value("SELECT count(*) FROM messages WHERE content = 'after'")
    assert stored == messages


@pytest.mark.usefixtures("durable")
def test_whatever_was_acknowledged_while_the_database_died_is_there(
    door: Door, live: Web, bodies: dict[str, bytes], stores: Stores, database: Database
) -> None:
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(lambda: [send_all(door, bodies) for _ in range(6)])
        eventually(lambda: _count(database) > 0)
        with stopped(stores):
            rounds = sending.result(60)
    database.connect()
    statuses = {status for answers in rounds for status, _ in answers.values()}
    assert statuses <= {200, 503}, "and never a 500"
    acknowledged = {mid for answers in rounds for mid, (status, _) in answers.items()
                    if status == 200}  # fmt: skip
    kept = database.rows("SELECT mid FROM messages WHERE mid = ANY(%s)", list(bodies))
    assert acknowledged <= {row["mid"] for row in kept}
    _redeliver(door, live, bodies, database)


def _count(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM webhook_deliveries"))


def _redeliver(door: Door, live: Web, bodies: dict[str, bytes], database: Database) -> None:
    """As Meta does, until it gets its 200."""
    live.process.wait_until(live.is_ready, 5)
    left = set(bodies)
    while left:
        answers = send_all(door, {mid: bodies[mid] for mid in left})
        assert {status for status, _ in answers.values()} <= {200, 503}
        left = {mid for mid, (status, _) in answers.items() if status != 200}
    assert is_all_there(database, bodies)


@pytest.mark.parametrize("how", ["killed", "hung"])
def test_redis_away_delays_no_delivery_loses_nothing_and_browsers_catch_up(
    *,
    how: str,
    door: Door,
    bodies: dict[str, bytes],
    stores: Stores,
    database: Database,
    alice: Seat,
) -> None:
    cursor = alice.get("changes")["cursor"]
    with away(stores, how):
        answers = send_all(door, bodies, at_once=2)  # a queue would be time of ours, not Redis's
        assert {status for status, _ in answers.values()} == {200}
        assert max(seconds for _, seconds in answers.values()) < 1
        assert is_all_there(database, bodies)
        news = alice.get("changes", since=cursor)
        assert {message["mid"] for message in news["messages"]} == set(bodies)
    due = "SELECT count(*) FROM contacts WHERE profile_due_at IS NOT NULL AND name IS NULL"
    assert database.value(due) == MANY, "the sweep finds the work whose nudge was lost"


@contextmanager
def away(stores: Stores, how: str) -> Iterator[None]:
    if how == "hung":
        with frozen(stores.redis.process):
            yield
    else:
        stores.redis.process.kill()
        try:
            yield
        finally:
            stores.redis.start()
    with redis.Redis.from_url(stores.redis.url) as client:
        eventually(client.ping)
