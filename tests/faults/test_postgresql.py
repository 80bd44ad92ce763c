"""PostgreSQL is killed, hangs, cuts off, or is somebody else's while messages flow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import psycopg2
import pytest

from inbox.extensions import db
from inbox.local.postgresql import PostgreSQL
from tests.bounds import eventually
from tests.faults.house import House
from tests.faults.load import Load, both, cases
from tests.pids import frozen
from tests.processes import Web

Fault = Callable[[PostgreSQL, float], AbstractContextManager[None]]
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inbox-web'"


@contextmanager
def killed(server: PostgreSQL, seconds: float) -> Iterator[None]:
    server.process.kill()
    try:
        wait(seconds)
    finally:
        server.start()
    yield


@contextmanager
def stopped(server: PostgreSQL, seconds: float) -> Iterator[None]:
    with frozen(server.process):
        wait(seconds)
    yield


@contextmanager
def cut_off(server: PostgreSQL, seconds: float) -> Iterator[None]:
    """Every connection of ours, again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        server.run(CUT)
        wait(0.5)
    yield


@contextmanager
def taken(server: PostgreSQL, seconds: float) -> Iterator[None]:
    """Every connection there is, by somebody else."""
    with ExitStack() as others:
        first = psycopg2.connect(server.url("postgres"))
        others.callback(first.close)
        with first.cursor() as cursor:
            cursor.execute(CUT)
        take_all(server, others)
        wait(seconds)
    yield


def take_all(server: PostgreSQL, others: ExitStack) -> None:
    while True:
        try:
            others.callback(psycopg2.connect(server.url("postgres")).close)
        except psycopg2.OperationalError:
            return


@pytest.fixture(autouse=True)
def _back(house: House, live: Web) -> Iterator[None]:
    """Other tests begin when everybody has given up the connections that died."""
    yield
    with house.app.app_context():
        db.engine.dispose()
    for web in (live, house.web):
        eventually(web.is_ready, 20)


@pytest.mark.parametrize(
    ("fault", "load"),
    [
        *cases(Load(150, 60, outage=2), killed),
        *cases(Load(500, 40, outage=10), killed, stopped, cut_off, taken, is_long=True),
    ],
)
def test_the_database_is_away_amid_messages(screens: House, load: Load, fault: Fault) -> None:
    with screens.feed(load) as feed:
        feed.reach(0.3)
        with screens.fault(), fault(screens.stores.postgresql, load.outage):
            pass
    screens.database.connect()
    report = screens.settle(
        f"PostgreSQL: {fault.__name__} for {load.outage:g} s",
        feed.mids,
        note=screens.records.slowest_answer(),
    )
    report.file()
    assert screens.records.longest_attempt() < 2.5  # 503 within 2 s, on a busy machine


@both(Load(150, 60, outage=3), Load(500, 40, outage=10))
def test_a_lock_on_one_conversation_holds_up_no_other(screens: House, load: Load) -> None:
    locked, *others = screens.people
    with screens.feed(load) as feed:
        feed.reach(0.2)
        with screens.fault(), psycopg2.connect(screens.database.url) as connection:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT FROM conversations WHERE id = %s FOR UPDATE",
                    (screens.conversation_ids[0],),
                )
            wait(load.outage)
            connection.rollback()
    slowest = screens.records.longest_attempt(others)
    refused = screens.records.refusals(others)
    note = f"others: slowest answer {slowest:.2f} s, {refused} times 503"
    screens.settle(f"PostgreSQL: one row locked for {load.outage:g} s", feed.mids, note=note).file()
    assert screens.records.refusals([locked])
    assert refused == 0


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)
