"""Workers and the clock die while replies leave and files come: each reply once, each file kept."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import pytest
import redis

from inbox.local.processes import Process
from tests.bounds import eventually
from tests.faults.desk import PATIENCE, Desk
from tests.faults.house import House
from tests.pids import children_of, family_of
from tests.processes import Starter


def test_redis_forgets_the_jobs_that_wait(house: House, start: Starter) -> None:
    desk = Desk.of(house)
    desk.answer_everybody()
    desk.send_files(12)
    queue = redis.Redis.from_url(house.stores.redis.url)
    eventually(lambda: queue.llen("rq:queue:outgoing") == 12)
    eventually(house.all_acked)
    queue.flushall()
    began = time.monotonic()
    start.workers("outgoing", "default")
    start.clock()
    eventually(desk.is_done, 30)
    finish(desk, "Redis: FLUSHALL with 12 replies and 12 files waiting", began)


def test_a_worker_is_killed_amid_sends_and_copies(house: House, start: Starter) -> None:
    desk = Desk.of(house)
    desk.house.meta.faults.next("send", "latency", seconds=0.4, times=None)
    workers = start.workers("outgoing", "default")
    start.clock()
    desk.answer_everybody(2)
    desk.send_files(6)
    eventually(lambda: len(house.meta.sent) >= 4, 20)
    workers.kill()
    began = time.monotonic()
    start.workers("outgoing", "default")
    eventually(desk.is_done, PATIENCE)
    finish(desk, "worker: kill -9 amid 24 replies", began)


@pytest.mark.long
@pytest.mark.parametrize("victims", ["child", "parent", "both", "clock"])
def test_something_dies_again_and_again(house: House, start: Starter, victims: str) -> None:
    """Eight kills at any moment of the calls. What Meta never got is left to a person."""
    chance = random.Random(victims)
    desk = Desk.of(house)
    desk.house.meta.faults.next("send", "latency", seconds=0.2, times=None)
    workers, clock = start.workers(), start.clock()
    for _ in range(8):
        desk.answer_everybody()
        desk.send_files(6)
        threading.Event().wait(chance.uniform(0.2, 2))
        for pid in victims_of(workers, clock, victims):
            os.kill(pid, signal.SIGKILL)
        workers, clock = again(start, workers, False), again(start, clock, True)
    began = time.monotonic()
    eventually(desk.is_done, PATIENCE)
    finish(desk, f"{victims}: kill -9, 8 times amid 96 replies and 48 files", began)


def victims_of(workers: Process, clock: Process, victims: str) -> list[int]:
    if victims == "clock":
        return [clock.pid]
    if victims == "parent":
        return [workers.pid]
    return family_of(workers.pid) if victims == "both" else children_of(workers.pid)


def again(start: Starter, process: Process, is_clock: bool) -> Process:
    """It, or another one in its place, as a platform restarts what has died."""
    if process.is_running:
        return process
    return start.clock() if is_clock else start.workers()


def finish(desk: Desk, run: str, began: float) -> None:
    recovery = time.monotonic() - began
    left = desk.give_up_nothing()
    eventually(desk.is_done, PATIENCE)
    files = desk.house.database.value("SELECT count(*) FROM attachments")
    note = f"{files} files copied, {left} replies left to a person"
    desk.count(run, recovery=recovery, note=note).file()
