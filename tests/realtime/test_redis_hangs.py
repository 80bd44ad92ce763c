"""Redis that hangs holds up nobody who can be told without it."""

from __future__ import annotations

import statistics
import time

import pytest

from inbox.local.stores import Stores
from inbox.realtime.bus import RedisBus
from tests.apps import Environment
from tests.cast import Cast
from tests.pids import frozen
from tests.realtime.conftest import Seats
from tests.webhooks.wire import NOON, Door, Line

pytestmark = pytest.mark.faults


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
    environment: Environment, seats: Seats, stores: Stores, cast: Cast
) -> None:
    bus = RedisBus(environment["REDIS_URL"], write_only=True)
    rooms = [f"user:{cast.bob.id}"]
    with frozen(stores.redis.process):
        bus.tell("contact_updated", {"n": 1}, rooms)
    bus.tell("contact_updated", {"n": 2}, rooms)
    seats.bob.ear.waits_for("contact_updated", lambda event: event["n"] == 2)


def test_who_is_signed_out_right_after_redis_hung_is_so_everywhere(
    environment: Environment, seats: Seats, stores: Stores, cast: Cast
) -> None:
    bus = RedisBus(environment["REDIS_URL"], write_only=False)
    with frozen(stores.redis.process):
        bus.tell("in_vain", {}, [])
    bus.sign_out(cast.bob.id)
    seats.bob.ear.waits_until_closed()
