"""`python -m workers.clock`: what is to be done again and again, done in time.

Two clocks at once do no harm: whoever comes first takes a turn, and each action is harmless when
it is done twice. So the turns may live in Redis; while it is away each clock acts for itself.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import redis
from flask import Flask

from inbox import create_app
from inbox.config import Config, ConfigError, settings
from inbox.logs import log_to_stderr
from inbox.redis_client import connect
from workers.supervision import CANNOT_START, end_with_parent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """An action without arguments, by dotted name, every so many seconds.

    It runs in the clock itself, so it must be over in a second; what takes longer is enqueued
    by it.
    """

    action: str
    seconds: float

    def find(self) -> Callable[[], object]:
        module, _, name = self.action.rpartition(".")
        found: Callable[[], object] = getattr(import_module(module), name)
        return found


def action(name: str, seconds: float) -> Periodic:
    """One of `inbox.actions`."""
    return Periodic(f"inbox.actions.{name}", seconds)


PERIODIC: tuple[Periodic, ...] = (
    action("replies.settling.sweep_outgoing", 5),  # replies that nobody took, or in doubt
    action("newcomers.fetching.sweep_fetches", 5),  # newcomers whose nudge was lost
    action("newcomers.fetching.prune_fetches", 3600),
    action("newcomers.profiles.sweep_profiles", 15),  # contacts without name and picture
    action("contacts.suggesting.look_again", 900),  # one person, two contacts
    action("copies.files.wake_copying", 5),  # files whose nudge was lost, or due again
    action("incoming.early_events.sweep_early_events", 5),  # their message came meanwhile
    action("incoming.early_events.prune_early_events", 3600),
    action("pruning.prune_deliveries", 60),
    action("sync.sweep_syncs", 2),  # waiting ones, and those whose worker died
    action("sync.request_due_syncs", 60),  # pages that sync by themselves
    action("facebook_pages.pauses.note_beat", 20),  # after a pause of ours, pages are synced
    action("facebook_pages.page_checks.sweep_pages", 60),  # tokens and subscriptions
    action("facebook_pages.facebook_logins.prune_logins", 60),
    action("ai.sweeping.sweep_interactions", 5),  # who has fallen quiet
    action("ai.sweeping.sweep_requests", 5),  # analyses that are due
    action("ai.progress.complete_runs", 5),
    action("ai.sweeping.wake_retries", 1800),  # there are keys again
    action("ai.sweeping.request_stale", 7 * 24 * 3600),
)


class Clock:
    """Runs a table of periodic actions until it is stopped; a failed one is tried next time."""

    def __init__(self, app: Flask, table: Sequence[Periodic]) -> None:
        self._app = app
        self._due = dict.fromkeys(table, 0.0)
        self._stopped = threading.Event()
        with app.app_context():
            self._redis = connect(settings().redis_url)

    def run(self) -> None:
        while not self._stopped.is_set():
            now = time.monotonic()
            for periodic in [entry for entry, at in self._due.items() if at <= now]:
                self._due[periodic] = now + periodic.seconds
                self._tick(periodic)
            self._stopped.wait(max(0.0, min(self._due.values(), default=60) - time.monotonic()))

    def stop(self) -> None:
        self._stopped.set()

    def _tick(self, periodic: Periodic) -> None:
        if self._stopped.is_set() or not self._takes_turn(periodic):
            return
        try:
            with self._app.app_context():
                periodic.find()()
        except Exception:
            # The database may be away, or one action broken: the others go on.
            log.exception("%s failed, tried again in %g s", periodic.action, periodic.seconds)

    def _takes_turn(self, periodic: Periodic) -> bool:
        # A little shorter than the period, so that a clock alone never misses its own turn.
        milliseconds = int(periodic.seconds * 900)
        try:
            return bool(
                self._redis.set(f"inbox-clock:{periodic.action}", 1, nx=True, px=milliseconds)
            )
        except redis.RedisError as error:
            log.debug("Redis is away, acting without a turn: %s", error)
            return True


def main(table: Sequence[Periodic] = PERIODIC) -> int:
    end_with_parent()
    log_to_stderr()
    try:
        config = Config.from_environment(os.environ)
    except ConfigError as error:
        print(f"The clock cannot start: {error}", file=sys.stderr)
        return CANNOT_START
    clock = Clock(create_app(config, "clock"), table)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: clock.stop())
    clock.run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
