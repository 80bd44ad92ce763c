"""Deliveries that come twice, at once, and in any order."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from inbox.local.stores import Stores
from tests.api.seats import Seat
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Item, Line, new_mid

TRIALS = 60
AT_ONCE = 4


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as threads:
        yield threads


def all_at_once(pool: ThreadPoolExecutor, door: Door, deliveries: list[dict[str, Any]]) -> None:
    """Each from a thread of its own, started together; all get their 200."""
    start = threading.Barrier(len(deliveries))

    def post(delivery: dict[str, Any]) -> None:
        start.wait(20)
        door.takes(delivery)

    for done in [pool.submit(post, delivery) for delivery in deliveries]:
        done.result(30)


def deadlocks(stores: Stores) -> int:
    """PostgreSQL writes each down; the statistics come later."""
    return stores.postgresql.process.log.read_text().count("deadlock detected")


def test_the_same_delivery_100_times_at_once_is_one_message_one_unread_and_one_event(
    door: Door, line: Line, alice: Seat, database: Database, pool: ThreadPoolExecutor
) -> None:
    delivery, after = line.delivery(line.text("once")), line.text("after it", at=NOON + MINUTE)
    for answer in pool.map(door.takes, [delivery] * 100):
        assert answer is None
    assert database.value("SELECT count(*) FROM messages WHERE content = 'once'") == 1
    assert database.value("SELECT max(unread_count) FROM conversations") == 1
    assert database.value("SELECT count(*) FROM contacts WHERE name IS NULL") == 1
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 100
    door.takes(line.delivery(after))
    event = alice.ear.waits_for("new_message", lambda e: e["message"]["content"] == "after it")
    assert event["conversation"]["unreadCount"] == 2
    assert [e["message"]["content"] for e in alice.ear.all("new_message")] == ["once", "after it"]


def test_one_message_twice_in_one_delivery_is_one(
    door: Door, line: Line, database: Database
) -> None:
    item = line.text("once")
    door.takes(line.delivery(item, item))
    assert database.value("SELECT count(*) FROM messages WHERE content = 'once'") == 1
    assert database.value("SELECT max(unread_count) FROM conversations") == 1


@pytest.mark.parametrize("batched", [True, False])
def test_events_in_reverse_order_make_the_same_thread_as_in_order(
    batched: bool, door: Door, line: Line, alice: Seat
) -> None:
    items = [line.text(f"number {n}", at=NOON + n * MINUTE) for n in range(6)]
    items.insert(3, line.echo("ours", at=NOON + 2 * MINUTE + 1))
    backwards = list(reversed(items))
    for delivery in [backwards] if batched else [[item] for item in backwards]:
        door.takes(line.delivery(*delivery))
    (row,) = [r for r in alice.conversations() if r["unreadCount"]]
    assert (row["unreadCount"], row["lastMessage"]["content"]) == (6, "number 5")
    assert row["lastMessage"]["timestamp"] == row["lastIncomingAt"] == "2026-09-21T14:18:20.000Z"
    thread = [message["content"] for message in alice.messages(row["id"])]
    assert thread[::-1] == [item["message"]["text"] for item in items]


@pytest.mark.faults
def test_simultaneous_first_messages_of_new_people_lose_nothing_and_double_nothing(
    *,
    door: Door,
    messenger: Line,
    instagram: Line,
    database: Database,
    pool: ThreadPoolExecutor,
    stores: Stores,
) -> None:
    """The same new person in several deliveries at once, which meet in one instant."""
    before, people = deadlocks(stores), set[tuple[str, str]]()
    for trial in range(TRIALS):
        line = (messenger if trial % 2 else instagram).with_person(f"99{trial}")
        people.add((line.platform, line.person))
        items = [line.text(f"trial {trial}", at=NOON + n) for n in range(AT_ONCE)]
        all_at_once(pool, door, [line.delivery(item) for item in items])
    check(database, people, AT_ONCE)
    assert deadlocks(stores) == before


@pytest.mark.faults
def test_overlapping_batches_in_different_orders_lose_nothing_and_deadlock_nowhere(
    *,
    door: Door,
    messenger: Line,
    instagram: Line,
    database: Database,
    pool: ThreadPoolExecutor,
    stores: Stores,
) -> None:
    """First of people nobody knows, then of the same people: contacts, conversations and
    messages are locked by every delivery in another order."""
    before = deadlocks(stores)
    source = random.Random(20261120)
    people = [f"88{n}" for n in range(20)]
    for wave in range(8):
        line = messenger if wave % 2 else instagram
        own = [
            line.with_person(person).text(f"wave {wave}", at=NOON + wave * MINUTE + n)
            for person in people
            for n in range(2)
        ]
        deliveries = [line.delivery(*_shuffled(own, source)) for _ in range(AT_ONCE)]
        all_at_once(pool, door, deliveries)
    check(database, {(where.platform, p) for where in (messenger, instagram) for p in people}, 8)
    assert deadlocks(stores) == before


@pytest.mark.faults
def test_messages_and_what_happens_to_them_at_once_deadlock_nowhere(
    door: Door, messenger: Line, pool: ThreadPoolExecutor, stores: Stores
) -> None:
    before = deadlocks(stores)
    source = random.Random(20261121)
    people = [messenger.with_person(f"66{n}") for n in range(4)]
    mids = {line.person: [new_mid() for _ in range(3)] for line in people}
    door.takes(_batch(messenger, [line.text("0", mids[line.person][0]) for line in people]))
    for wave in range(1, 5):
        items: list[Item] = []
        for line in people:
            mid, at = source.choice(mids[line.person]), NOON + wave * MINUTE
            items += [
                line.text(str(wave), mids[line.person][wave % 3], at),
                line.item(at, reaction={"mid": mid, "action": "react", "emoji": "❤"}),
                line.item(at, message_edit={"mid": mid, "text": "x", "num_edit": wave}),
                line.item(at, read={"watermark": at}),
                line.text("q", at=at, reply_to={"mid": mid}, referral={"ref": str(wave)}),
                line.echo("e", at=at),
            ]
        deliveries = [_batch(messenger, _shuffled(items, source)) for _ in range(AT_ONCE)]
        all_at_once(pool, door, deliveries)
    assert deadlocks(stores) == before


def _batch(line: Line, items: list[Item]) -> dict[str, Any]:
    return line.delivery(*items)


def _shuffled(items: list[Item], source: random.Random) -> list[Item]:
    return source.sample(items, len(items))


def check(database: Database, people: set[tuple[str, str]], each: int) -> None:
    """One contact with one conversation for each; nothing lost, nothing twice."""
    found = database.rows(
        "SELECT v.platform, person, count(DISTINCT c.id) AS contacts,"
        " count(DISTINCT v.id) AS conversations, count(m.id) AS messages,"
        " max(v.unread_count) AS unread"
        " FROM contacts c CROSS JOIN LATERAL (SELECT coalesce(messenger_psid, instagram_sid))"
        " AS named(person) JOIN conversations v ON v.contact_id = c.id"
        " JOIN messages m ON m.conversation_id = v.id"
        " WHERE person = ANY(%s) GROUP BY v.platform, person",
        [person for _, person in people],
    )
    assert {(row["platform"], row["person"]) for row in found} == set(people)
    assert {(row["contacts"], row["conversations"]) for row in found} == {(1, 1)}
    assert {(row["unread"], row["messages"]) for row in found} == {(each, each)}
