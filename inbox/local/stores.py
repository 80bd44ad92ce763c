"""A PostgreSQL and a Redis of our own, for the local run and for tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from inbox.local.folders import data_folder, throwaway_folder
from inbox.local.postgresql import PostgreSQL
from inbox.local.redis_server import RedisServer

Server = TypeVar("Server", PostgreSQL, RedisServer)


@dataclass(frozen=True)
class Stores:
    """Both servers, running."""

    postgresql: PostgreSQL
    redis: RedisServer


@contextmanager
def lasting_postgresql(local: Path) -> Iterator[PostgreSQL]:
    """A server whose data are kept for the checkout whose `.local` folder this is.

    Raises StartError, with what to install where the programs are missing.
    """
    with running(PostgreSQL(data_folder(local), log=local / "logs" / "postgresql.log")) as server:
        yield server


@contextmanager
def throwaway_stores() -> Iterator[Stores]:
    """Servers that forget everything at the end, and do not wait for the disk."""
    folder, logs = throwaway_folder(), throwaway_folder()
    try:
        postgresql = PostgreSQL(folder, log=logs / "postgresql.log", lasting=False)
        redis = RedisServer(log=logs / "redis.log")
        with running(postgresql), running(redis):
            yield Stores(postgresql, redis)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(logs, ignore_errors=True)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()
