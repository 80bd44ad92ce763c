"""Fixtures: the real processes, as a deployment starts them.

`live` is the shared web process, for most tests. `start` makes processes of a test's own: with
other settings, or to be killed. What a process said is shown beside a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis

from inbox.config import ROOT
from inbox.local.processes import Process, free_port
from inbox.local.stores import Stores
from inbox.realtime.bus import CHANNEL
from tests.apps import Environment
from tests.stores import Database

ALL: list[Process] = []  # in the order of their start, for the logs of a failed test


@dataclass(frozen=True)
class Web:
    """A web deployment: the parent of its processes, and where it answers."""

    process: Process
    url: str

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False


@dataclass
class Starter:
    """Starts processes; all of them are stopped at the end."""

    environment: Environment
    logs: Path
    _running: list[Process] = field(default_factory=list)

    def web(self, *, processes: int = 1, wait: bool = True, **changes: str) -> Web:
        """`python wsgi.py` on a free port, ready to answer. `changes` to its environment."""
        port = changes.setdefault("PORT", str(free_port()))
        changes |= {"HOST": "127.0.0.1", "WEB_CONCURRENCY": str(processes)}
        web = Web(self.run("web", "wsgi.py", **changes), f"http://127.0.0.1:{port}")
        if wait:
            web.process.wait_until(web.is_ready)
        return web

    def workers(self, *queues: str, **changes: str) -> Process:
        """`python -m workers`: all of them, or one worker on these queues."""
        return self.run("workers", "-m", "workers", *queues, **changes)

    def clock(self, **changes: str) -> Process:
        """`python -m workers.clock`."""
        return self.run("clock", "-m", "workers.clock", **changes)

    def run(self, name: str, *arguments: str, **changes: str) -> Process:
        """Any Python program of the checkout, with the environment of the tests."""
        process = Process(
            name,
            [sys.executable, *arguments],
            log=self.logs / f"{name}-{len(ALL)}.log",
            environment=outside() | self.environment | changes,
            folder=ROOT,
        )
        process.start()
        self._running.append(process)
        ALL.append(process)
        return process

    def stop_all(self) -> None:
        for process in reversed(self._running):
            process.stop()


def outside() -> Environment:
    """What a process needs of the environment the tests were started in; none of our settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture(scope="session")
def session_starter(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Starter]:
    starter = Starter(environment, tmp_path_factory.mktemp("logs"))
    yield starter
    starter.stop_all()


@pytest.fixture
def start(environment: Environment, tmp_path: Path, database: Database) -> Iterator[Starter]:
    """`start.web(processes=2, SETUP_TOKEN="…")`, `start.workers()`, `start.clock()`."""
    starter = Starter(environment, tmp_path)
    yield starter
    starter.stop_all()


@pytest.fixture(scope="session")
def shared_web(session_starter: Starter, migrated: None) -> Web:
    return session_starter.web(PORT=session_starter.environment["PORT"])


@pytest.fixture
def live(shared_web: Web, database: Database, stores: Stores) -> Web:
    """The web process that tests share, with an empty database: do not stop it."""
    shared_web.process.wait_until(shared_web.is_ready)
    # After a test that has killed Redis it may take a second until it listens again.
    with Redis.from_url(stores.redis.url) as client:
        channels: Any = client  # redis-py leaves pubsub untyped
        shared_web.process.wait_until(lambda: channels.pubsub_numsub(CHANNEL)[0][1] > 0)
    return shared_web


@pytest.fixture(scope="module")
def workers(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    """All workers, from the first test of a file that asks for them to the end of that file."""
    starter = Starter(environment, tmp_path_factory.mktemp("logs"))
    yield starter.workers()
    starter.stop_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the processes said during a failed test beside its report."""
    report = yield
    for process in ALL if report.failed else ():
        if process.log.exists() and process.log.stat().st_mtime >= call.start:
            report.sections.append((f"log of {process.name}: {process.log}", process.log_tail()))
    return report
