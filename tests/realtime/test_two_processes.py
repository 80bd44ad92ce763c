"""Several web processes are one: what one takes, the sockets of the other hear, through Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis
from flask import Flask

from inbox.local.stores import Stores
from inbox.realtime.bus import CHANNEL
from tests.api.seats import Seat
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Cast, sign_in
from tests.processes import Starter, Web
from tests.webhooks.wire import Door, Line

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def other(
    environment: Environment, migrated: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """A second web process beside `live`, with the same database and the same Redis."""
    starter = Starter(environment, tmp_path_factory.mktemp("logs"))
    yield starter.web()
    starter.stop_all()


@pytest.fixture
def here(live: Web, cast: Cast, app: Flask) -> Iterator[Seat]:
    """Bob, at the first process."""
    with Seat.of(cast.bob, app, live.url) as seat:
        yield seat


@pytest.fixture
def there(other: Web, cast: Cast, app: Flask) -> Iterator[Seat]:
    """Alice, at the second."""
    with Seat.of(cast.alice, app, other.url) as seat:
        yield seat


def say(door: Door, line: Line, text: str) -> None:
    now = int(datetime.now(UTC).timestamp() * 1000)
    door.takes(line.delivery(line.text(text, at=now)))


def test_both_hear_everything_once_whichever_process_takes_it(
    *, door: Door, other: Web, zelda: Line, here: Seat, there: Seat, cast: Cast
) -> None:
    for n in range(10):
        say(door if n % 2 else Door(other.url), zelda, f"number {n}")
    for _ in range(10):
        here.ear.waits_for("new_message")
        there.ear.waits_for("new_message")
    there.patch(f"conversations/{cast.conversation.id}", {"assigneeId": None})
    here.ear.waits_for("conversation_removed")
    last = there.ear.waits_for("conversation_updated", lambda e: not e["conversation"]["assignee"])
    for seat in (here, there):
        told = [event["message"]["content"] for event in seat.ear.all("new_message")]
        assert sorted(told) == [f"number {n}" for n in range(10)]
    assert last["conversation"]["unreadCount"] == 10


def test_a_deactivated_user_is_signed_out_in_every_process(
    *, live: Web, here: Seat, there: Seat, cast: Cast, app: Flask
) -> None:
    sign_in(app, cast.alice).post(f"/settings/team/{cast.bob.id}/deactivate")
    here.ear.waits_until_closed(2)
    assert there.ear.is_open


def test_after_redis_was_away_both_are_told_to_catch_up_and_hear_each_other_again(
    *, door: Door, zelda: Line, here: Seat, there: Seat, stores: Stores
) -> None:
    cursor = there.get("changes")["cursor"]
    stores.redis.process.kill()
    try:
        say(door, zelda, "while it was away")
        assert here.ear.waits_for("new_message"), "its own sockets need no Redis"
    finally:
        stores.redis.start()
    for seat in (here, there):
        eventually(lambda seat=seat: "deaf" in seat.ear.pulses)  # type: ignore[misc]
    (missed,) = there.get("changes", since=cursor)["messages"]
    assert missed["content"] == "while it was away"
    say(door, zelda, "and after")
    assert there.ear.waits_for("new_message")["message"]["content"] == "and after"


JUNK = [
    b"",
    b"\xff",
    b'{"method": "emit", "event": "x"}',
    b"somebody\nno JSON",
    b"somebody\n[]",
    b"somebody\n7",
    b'somebody\n{"rooms": ["x"]}',
    b'somebody\n{"method": "tell", "rooms": ["x"]}',
    b'somebody\n{"method": "tell"}\n2[]',
    b'somebody\n{"method": "sign_out"}',
]


def test_what_cannot_be_read_costs_nothing_of_what_comes_behind_it(
    here: Seat, cast: Cast, stores: Stores
) -> None:
    """Another release, beside ours during a deployment, may have another form."""
    rooms = json.dumps({"method": "tell", "rooms": [f"user:{cast.bob.id}"]})
    with redis.Redis.from_url(stores.redis.url) as client, client.pipeline() as together:
        for number, junk in enumerate(JUNK):
            together.publish(CHANNEL, junk)
            packet = f'2["contact_updated",{{"number":{number}}}]'
            together.publish(CHANNEL, f"somebody\n{rooms}\n{packet}")
        together.execute()
    here.ear.waits_for("contact_updated", lambda event: event["number"] == len(JUNK) - 1)
    heard = [event["number"] for event in here.ear.all("contact_updated")]
    assert heard == list(range(len(JUNK)))
