"""Redis that hangs holds up nobody who can be told without it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from inbox.local.stores import Stores
from inbox.realtime.bus import RedisBus
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Cast, api_token
from tests.pids import frozen
from tests.processes import Starter
from tests.realtime.conftest import Seats
from tests.realtime.ears import Ear
from tests.webhooks.wire import NOON, Door, Line

pytestmark = pytest.mark.faults
MakeBus = Callable[..., RedisBus]


@pytest.fixture
def made_bus(environment: Environment) -> Iterator[MakeBus]:
    """`made_bus(write_only=True)`: as a process of its own would have one."""
    made: list[RedisBus] = []

    def make(*, write_only: bool) -> RedisBus:
        made.append(RedisBus(environment["REDIS_URL"], write_only=write_only))
        return made[-1]

    yield make
    for bus in made:
        bus._publisher.close()


def test_messages_are_shown_at_once_by_the_process_that_takes_them(
    door: Door, zelda: Line, seats: Seats, stores: Stores
) -> None:
    def shown_after(number: int) -> float:
        began = time.monotonic()
        door.takes(zelda.delivery(zelda.text(f"number {number}", at=NOON + number)))
        seats.bob.ear.waits_for(
            "new_message", lambda event: event["message"]["content"] == f"number {number}"
        )
        return time.monotonic() - began

    with frozen(stores.redis.process):
        waits = [shown_after(number) for number in range(12)]
    assert statistics.median(waits) < 0.3, "each waited 0.5 s for the one before it to be passed on"


def test_what_a_process_without_sockets_tells_once_redis_answers_is_heard(
    made_bus: MakeBus, seats: Seats, stores: Stores, cast: Cast
) -> None:
    bus = made_bus(write_only=True)
    rooms = [f"user:{cast.bob.id}"]
    with frozen(stores.redis.process):
        bus.tell("contact_updated", {"n": 1}, rooms)
    bus.tell("contact_updated", {"n": 2}, rooms)
    seats.bob.ear.waits_for("contact_updated", lambda event: event["n"] == 2)


def test_who_is_signed_out_right_after_redis_hung_is_so_everywhere(
    made_bus: MakeBus, seats: Seats, stores: Stores, cast: Cast
) -> None:
    bus = made_bus(write_only=False)
    with frozen(stores.redis.process):
        bus.tell("in_vain", {}, [])
    bus.sign_out(cast.bob.id)
    seats.bob.ear.waits_until_closed()


def test_who_connects_before_a_process_listens_catches_up_as_soon_as_it_does(
    start: Starter, app: Flask, stores: Stores, cast: Cast
) -> None:
    with app.app_context():
        token = api_token(cast.bob)
    with ExitStack() as stack:
        with frozen(stores.redis.process):
            bob = stack.enter_context(Ear(start.web().url, token))
            assert bob.pulses == []
        eventually(lambda: "deaf" in bob.pulses)
