"""What every measure stands on: stores of its own, databases with people in them, and Inbox's real
processes, as a deployment starts them. All of it ends with the benchmark."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from flask_migrate import upgrade

from bench.load import Address, Generator
from bench.payloads import APP_SECRET
from bench.seed import Size, fill
from inbox import create_app
from inbox.config import ROOT, Config
from inbox.extensions import db
from inbox.local.processes import Process, free_port
from inbox.local.stores import Stores, throwaway_stores

HOST = "127.0.0.1"
EMPTY = "empty"  # migrated, and copied for each measure
NOBODY = f"http://{HOST}:1"  # instead of Meta: nothing listens there


@dataclass
class Stage:
    stores: Stores
    logs: Path
    generator: Generator
    _stack: ExitStack
    _names: dict[str, int] = field(default_factory=dict)

    def database(self, name: str, size: Size) -> str:
        """The URL of a new database with this much in it."""
        self.stores.postgresql.run(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
        url = self.stores.postgresql.url(name)
        fill(url, size)
        return url

    def web(self, database_url: str, processes: int = 1) -> tuple[Process, Address]:
        """`python wsgi.py`, ready."""
        settings = {"DATABASE_URL": database_url, "WEB_CONCURRENCY": str(processes)}
        return self._serve("web", "/health", "wsgi.py", **settings)

    def floor(self, kind: str, database_url: str) -> tuple[Process, Address]:
        """One of `bench.floors`, ready."""
        words = ("-m", "bench.floors", kind)
        return self._serve(kind, None, *words, DATABASE_URL=database_url)

    def bare_broadcast(self) -> tuple[Process, Address]:
        """`bench.broadcast`, ready."""
        return self._serve("broadcast", None, "-m", "bench.broadcast")

    def background(self, database_url: str) -> list[Process]:
        """The workers and the clock."""
        return [
            self.start(name, "-m", module, DATABASE_URL=database_url)
            for name, module in (("workers", "workers"), ("clock", "workers.clock"))
        ]

    def start(self, name: str, *words: str, **settings: str) -> Process:
        number = self._names[name] = self._names.get(name, 0) + 1
        environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        process = Process(
            name,
            [sys.executable, *words],
            log=self.logs / f"{name}-{number}.log",
            environment=environment | settings_of(self.stores) | settings,
            folder=ROOT,
        )
        self._stack.callback(process.stop)
        process.start()
        return process

    def _serve(
        self, name: str, path: str | None, *words: str, **settings: str
    ) -> tuple[Process, Address]:
        address = (HOST, free_port())
        settings |= {"HOST": HOST, "PORT": str(address[1])}
        process = self.start(name, *words, **settings)
        process.wait_until(lambda: _answers(address, path))
        return process, address


@contextmanager
def stage() -> Iterator[Stage]:
    """Stores, a migrated database, and a load generator."""
    with ExitStack() as stack:
        stores = stack.enter_context(throwaway_stores())
        logs = Path(stack.enter_context(TemporaryDirectory(prefix="inbox-bench-")))
        generator = Generator()
        stack.callback(generator.stop)
        _migrate(stores)
        yield Stage(stores, logs, generator, stack)


def _migrate(stores: Stores) -> None:
    settings = settings_of(stores) | {"DATABASE_URL": stores.postgresql.database(EMPTY)}
    with create_app(Config.from_environment(settings)).app_context():
        upgrade()
        db.engine.dispose()


def settings_of(stores: Stores) -> dict[str, str]:
    return {
        "REDIS_URL": stores.redis.url,
        "SECRET_KEY": "a key that is no secret, of 32 letters or more",
        "ENCRYPTION_KEYS": "bm90LWEtc2VjcmV0LWJ1dC0zMi1ieXRlcy1sb25nISE=",
        "FACEBOOK_APP_ID": "1000000000000001",
        "FACEBOOK_APP_SECRET": APP_SECRET,
        "FACEBOOK_GRAPH_URL": NOBODY,
    }


def _answers(address: Address, path: str | None) -> bool:
    try:
        if path is None:  # not all answer a GET well, but they answer
            return requests.get(f"http://{HOST}:{address[1]}/", timeout=5).status_code > 0
        return requests.get(f"http://{HOST}:{address[1]}{path}", timeout=5).ok
    except requests.RequestException:
        return False
