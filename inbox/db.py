"""Transactions: the one commit of the code, and what may only happen after it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from inbox.extensions import db

T = TypeVar("T")
STALE_SECONDS = 0.3
_CONFLICTS = ("40001", "40P01")  # serialization_failure, deadlock_detected (PostgreSQL, appendix A)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commits at the end of the block, or rolls all of it back when it raises.

    An inner block joins the outer one. What was given to `on_commit` runs after the outermost
    commit and not at all after a rollback. (Not done with SQLAlchemy's session events:
    `after_commit` also fires when a savepoint is released.)
    """
    session = db.session()
    if "after_commit" in session.info:
        yield session
        return
    after: list[Callable[[], object]] = []
    session.info["after_commit"] = after
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["after_commit"]
    for callback in after:
        callback()


def on_commit(callback: Callable[[], object]) -> None:
    """Runs `callback` after the surrounding transaction has committed, at once if there is none."""
    # To ask a session that is not there would make one, which the ingest path does without.
    after = db.session().info.get("after_commit") if db.session.registry.has() else None
    if after is None:
        callback()
    else:
        after.append(callback)


@contextmanager
def autocommit() -> Iterator[Connection]:
    """A connection on which each statement is its own transaction (the ingest path: opening
    and closing a transaction around one statement costs a third of its rate)."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        # Not by SQLAlchemy's isolation level: undoing that costs a round trip each time.
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False


def retry_on_stale(work: Callable[[], T]) -> T:
    """Calls `work` again when its connection was cut: the pool then gives up all of that age, and
    the next one is new. Not after a long wait, which a server that hangs has brought about."""
    began = time.monotonic()
    try:
        return work()
    except DBAPIError as error:
        if not error.connection_invalidated or time.monotonic() - began > STALE_SECONDS:
            raise
    return work()


def retry_on_conflict(work: Callable[[], T], tries: int = 4) -> T:
    """Calls `work` again when PostgreSQL ended it as the victim of a deadlock or a serialization
    conflict; raises the last error after `tries`."""
    for attempt in range(1, tries + 1):
        try:
            return work()
        except OperationalError as error:
            if attempt == tries or getattr(error.orig, "pgcode", None) not in _CONFLICTS:
                raise
            time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - spreads rivals, no secret
    raise AssertionError("unreachable")
