"""Waiting for PostgreSQL in the served web process, where all requests share one thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import eventlet
import psycopg2
from eventlet.hubs import trampoline
from psycopg2 import extensions
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError

# Shorter than the server's own statement_timeout, which a server that hangs does not keep.
LONGEST_WAIT_SECONDS = 1.4


class _TooLongError(Exception):
    """The time limit of one wait has passed."""


@dataclass
class Silence:
    """How long PostgreSQL has left this process without any answer."""

    waits: int = 0
    """Queries under way."""
    since: float = 0.0

    @property
    def seconds(self) -> float:
        """0 while nothing is asked."""
        return time.monotonic() - self.since if self.waits else 0.0

    def begin(self) -> None:
        if not self.waits:
            self.since = time.monotonic()
        self.waits += 1

    def answered(self) -> None:
        self.since = time.monotonic()

    def end(self) -> None:
        self.waits -= 1


silence = Silence()


def wait_in_green_threads(seconds: float = LONGEST_WAIT_SECONDS) -> None:
    """From now on psycopg2 lets other green threads run while it waits, and raises
    OperationalError when PostgreSQL says nothing for `seconds`. The connection is then closed."""

    def wait(connection: Any) -> None:
        silence.begin()
        try:
            while (state := connection.poll()) != extensions.POLL_OK:
                _wait_once(connection, is_write=state == extensions.POLL_WRITE, seconds=seconds)
            silence.answered()
        finally:
            silence.end()

    extensions.set_wait_callback(wait)


def _wait_once(connection: Any, *, is_write: bool, seconds: float) -> None:
    number = connection.fileno()
    try:
        trampoline(
            number,
            read=not is_write,
            write=is_write,
            timeout=seconds,
            timeout_exc=_TooLongError,
        )
    except _TooLongError:
        # When *we* stood still (a stopped process, a long computation), the answer is there.
        if not _is_ready(number, is_write=is_write):
            raise psycopg2.OperationalError(
                f"PostgreSQL did not answer within {seconds:g} s"
            ) from None


def pass_over_stale_connections(engine: Engine) -> None:
    """After a restart of PostgreSQL no request is to fail because of a connection from before it.

    The pool gives up a connection that has something to say before it is asked: its end, as a rule.
    (SQLAlchemy's own `pool_pre_ping` asks the server each time, which costs a round trip.)
    """
    event.listen(engine, "checkout", _refuse_stale)


def _refuse_stale(connection: Any, *_: object) -> None:
    if _is_ready(connection.fileno(), is_write=False):
        raise InvalidatePoolError


def _is_ready(number: int, *, is_write: bool) -> bool:
    select = eventlet.patcher.original("select")  # the patched one has no poll()
    poll = select.poll()
    poll.register(number, select.POLLOUT if is_write else select.POLLIN)
    return bool(poll.poll(0))


def waits_block(engine: Engine) -> bool:
    """Does one query keep the whole process from running another? Then nothing may be served.

    Two sleeps side by side: the second begins before the first is over, unless waits block.
    """
    order: list[str] = []

    def sleep(connection: Connection) -> None:
        order.append("begin")
        connection.execute(text("SELECT pg_sleep(0.1)"))
        order.append("end")

    # Both connect first: on a busy machine that takes longer than a sleep.
    with engine.connect() as one, engine.connect() as other:
        for thread in [eventlet.spawn(sleep, each) for each in (one, other)]:
            thread.wait()
    return order[:2] != ["begin", "begin"]
