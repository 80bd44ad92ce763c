"""The clock: periodic actions, alone and beside another clock, with the stores away."""

from __future__ import annotations

import time

from inbox.local.processes import Process
from inbox.local.stores import Stores
from tests.bounds import eventually
from tests.processes import Starter
from tests.stores import Database
from workers.clock import PERIODIC


def ticking(start: Starter) -> Process:
    return start.run("clock", "-m", "tests.runtime.ticking")


def ticks(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM organizations"))


def test_actions_run_again_and_again_although_one_of_them_fails(
    start: Starter, database: Database
) -> None:
    clock = ticking(start)
    eventually(lambda: ticks(database) >= 3)
    assert "this action always fails" in clock.log.read_text()
    assert clock.stop() < 3
    assert clock.wait(0) == 0


def test_two_clocks_act_as_often_as_one(start: Starter, database: Database) -> None:
    clocks = [ticking(start), ticking(start)]
    eventually(lambda: ticks(database) >= 1)
    began, before = time.monotonic(), ticks(database)
    eventually(lambda: ticks(database) >= before + 10)
    assert time.monotonic() - began > 10 * 0.2 * 0.8
    assert all(clock.is_running for clock in clocks)


def test_it_goes_on_after_redis_and_the_database_were_away(
    start: Starter, database: Database, stores: Stores
) -> None:
    clock = ticking(start)
    eventually(lambda: ticks(database) >= 1)
    stores.redis.process.kill()
    try:
        before = ticks(database)
        eventually(lambda: ticks(database) > before + 1)
    finally:
        stores.redis.start()
    stores.postgresql.process.kill()
    stores.postgresql.start()
    database.connect()
    before = ticks(database)
    eventually(lambda: ticks(database) > before + 1)
    assert clock.is_running


def test_every_action_of_the_table_is_there() -> None:
    for periodic in PERIODIC:
        assert callable(periodic.find())
