"""Many browsers that come at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from inbox.local.stores import Stores
from tests.pids import frozen
from tests.processes import Web
from tests.realtime.conftest import Seats
from tests.realtime.raw import CONNECT, MESSAGE, RawSocket, raw_socket

MANY = 40


@pytest.fixture
def sockets(live: Web) -> Iterator[list[RawSocket]]:
    """Opened, and not signed in."""
    with ExitStack() as stack:
        yield [stack.enter_context(raw_socket(live.url)) for _ in range(MANY)]


def test_all_of_them_are_let_in(sockets: list[RawSocket], seats: Seats) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(lambda each: each.sign_in(seats.alice.token), sockets))


@pytest.mark.faults
def test_while_the_database_hangs_they_are_closed_at_once_and_may_try_again(
    sockets: list[RawSocket], seats: Seats, stores: Stores, live: Web
) -> None:
    """Two at a time, each after 1.4 s, the last would be closed long after it gave up."""

    def try_it(socket: RawSocket) -> float:
        began = time.monotonic()
        socket.send(f'{MESSAGE}{CONNECT}{{"token": "{seats.alice.token}"}}')
        assert socket.is_closed_by_server()
        return time.monotonic() - began

    with frozen(stores.postgresql.process), ThreadPoolExecutor(MANY) as pool:
        assert max(pool.map(try_it, sockets)) < 4
    live.process.wait_until(live.is_ready, 5)
    with raw_socket(live.url, seats.alice.token):
        pass
