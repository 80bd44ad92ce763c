"""A PostgreSQL and a Redis of our own, for the local run and for tests."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from inbox.local.folders import data_folder, throwaway_folder
from inbox.local.postgresql import PostgreSQL
from inbox.local.redis_server import RedisServer


@dataclass(frozen=True)
class Stores:
    """Both servers, running."""

    postgresql: PostgreSQL
    redis: RedisServer


@contextmanager
def lasting_stores(local: Path) -> Iterator[Stores]:
    """Servers whose data are kept for the checkout whose `.local` folder this is.

    Raises StartError, with what to install where a program is missing.
    """
    postgresql = PostgreSQL(data_folder(local), log=local / "logs" / "postgresql.log")
    with _started(postgresql, RedisServer(log=local / "logs" / "redis.log")) as stores:
        yield stores


@contextmanager
def throwaway_stores() -> Iterator[Stores]:
    """Servers that forget everything at the end, and do not wait for the disk."""
    folder, logs = throwaway_folder(), throwaway_folder()
    try:
        postgresql = PostgreSQL(folder, log=logs / "postgresql.log", lasting=False)
        with _started(postgresql, RedisServer(log=logs / "redis.log")) as stores:
            yield stores
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(logs, ignore_errors=True)


@contextmanager
def _started(postgresql: PostgreSQL, redis: RedisServer) -> Iterator[Stores]:
    with ExitStack() as stack:
        stack.callback(postgresql.stop)
        postgresql.start()
        stack.callback(redis.stop)
        redis.start()
        yield Stores(postgresql, redis)
