"""Redis is killed, hangs or forgets while messages flow through two web processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import redis

from inbox.local.redis_server import RedisServer
from inbox.realtime.bus import CHANNEL
from tests.bounds import eventually
from tests.faults.house import House
from tests.faults.load import Load, cases
from tests.pids import frozen

Fault = Callable[[RedisServer], AbstractContextManager[None]]


@contextmanager
def killed(server: RedisServer) -> Iterator[None]:
    """It comes back empty, at the same port."""
    server.process.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def stopped(server: RedisServer) -> Iterator[None]:
    with frozen(server.process):
        yield


@contextmanager
def flushed(server: RedisServer) -> Iterator[None]:
    client(server).flushall()
    yield
    client(server).flushall()


@contextmanager
def full(server: RedisServer) -> Iterator[None]:
    client(server).config_set("maxmemory", "1")
    try:
        yield
    finally:
        client(server).config_set("maxmemory", "0")


@pytest.fixture(autouse=True)
def _listened_to_again(house: House) -> Iterator[None]:
    """Other tests begin when every web process hears Redis again."""
    before = listeners(house.stores.redis)
    yield
    eventually(lambda: listeners(house.stores.redis) >= before, 10)


@pytest.mark.parametrize(
    ("fault", "load"),
    [
        *cases(Load(150, 60, outage=2), killed),
        *cases(Load(500, 40, outage=8), killed, flushed, full, is_long=True),
        *cases(Load(600, 40, outage=10), stopped, is_long=True),
    ],
)
def test_redis_is_away_amid_messages(screens: House, load: Load, fault: Fault) -> None:
    with screens.feed(load) as feed:
        feed.reach(0.2)
        with screens.fault(), fault(screens.stores.redis):
            threading.Event().wait(load.outage)
    name = f"Redis: {fault.__name__} for {load.outage:g} s"
    screens.settle(name, feed.mids, note=screens.records.slowest_answer()).file()


def client(server: RedisServer) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def listeners(server: RedisServer) -> int:
    with client(server) as connection:
        ((_, count),) = connection.pubsub_numsub(CHANNEL)
    return int(count)
