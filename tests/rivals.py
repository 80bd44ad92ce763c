"""Another transaction that is open while a request comes: what the request waits for is decided
meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg2
from flask import Flask
from werkzeug.test import TestResponse

from inbox import create_app
from inbox.config import Config
from inbox.extensions import db
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Browser, sign_in
from tests.stores import Database

Ask = Callable[[], TestResponse]


class Rival:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = psycopg2.connect(database.url)
        self._pid = self._connection.get_backend_pid()
        # Of the two in a deadlock, the other one is to be the victim.
        self.does("SET deadlock_timeout = '60s'")

    def does(self, statement: str, *parameters: object) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)

    def holds_somebody_up(self) -> None:
        """Returns once another one waits for what this transaction holds."""
        question = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
        eventually(lambda: self._database.value(question, self._pid), 20)

    def waits_itself(self) -> None:
        question = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
        eventually(lambda: self._database.value(question, self._pid), 20)

    def commits(self) -> None:
        self._connection.commit()

    def gives_up(self) -> None:
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def rival(database: Database) -> Iterator[Rival]:
    made = Rival(database)
    try:
        yield made
    finally:
        made.close()


def deadlocks(database: Database) -> int:
    """How many there have been."""
    question = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(database.value(question))


@contextmanager
def asked(request: Ask) -> Iterator[Future[TestResponse]]:
    """The answer of a request that is under way in the block."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(request)


@contextmanager
def patient(environment: Environment, email: str) -> Iterator[Browser]:
    """Somebody at an app that waits for locks as long as it takes, as workers do: the web gives up
    after 0.3 s, which a busy machine takes to get anywhere."""
    app: Flask = create_app(Config.from_environment(environment), "worker")
    app.testing = True
    try:
        yield sign_in(app, email)
    finally:
        with app.app_context():
            db.engine.dispose()
