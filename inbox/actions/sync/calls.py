"""Calls to Meta for one account: each in its turn, and what passes by itself is waited for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

from inbox.actions.sync.fence import Fence, StoppedError
from inbox.actions.sync.reasons import reason
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.past.history import Slice, ThreadPage
from inbox.meta.past.law import Law
from inbox.meta.usage import Usage

T = TypeVar("T", Slice, ThreadPage)

TRIES = 4
FIRST_PAUSE = 0.5  # seconds; twice as long after each failure
RATE_PAUSE = 60.0  # when Meta names no time
TOLD_FROM = 3.0  # shorter waits are not worth telling people of
USED_UP = "Meta's allowance for this Page is used up."


class Calls:
    """By several threads at once; `stopped` ends every wait."""

    def __init__(self, law: Law, fence: Fence, stopped: threading.Event) -> None:
        self._law = law
        self._fence = fence
        self._stopped = stopped
        self._lock = threading.Lock()
        self._made = 0

    def made_since_last(self) -> int:
        with self._lock:
            made, self._made = self._made, 0
        return made

    def make(self, ask: Callable[[], T], tries: int = TRIES) -> T:
        """Raises `MetaError` for what waiting does not change, and `StoppedError`. `tries`: of a
        call at which Meta fails."""
        failures = 0
        while True:
            self.wait(self._law.wait_seconds(), USED_UP)
            with self._lock:
                self._made += 1
            try:
                answer = ask()
            except MetaError as error:
                if error.kind == ErrorKind.RATE:
                    self._law.close(error.retry_after or RATE_PAUSE)
                    self.wait(error.retry_after or RATE_PAUSE, reason(error))
                elif error.kind == ErrorKind.TRANSIENT and failures + 1 < tries:
                    failures += 1
                    self._sleep(FIRST_PAUSE * 2**failures * random.uniform(0.5, 1.0))  # noqa: S311 - spreads callers
                else:
                    raise
            else:
                self._heed(answer.usage)
                return answer

    def wait(self, seconds: float, why: str) -> None:
        if seconds < TOLD_FROM:
            self._sleep(seconds)
            return
        until = self._fence.wait(seconds, why)
        self._sleep(seconds)
        self._fence.go_on(until)

    def _heed(self, usage: Usage) -> None:
        self._law.heed(usage)
        if usage.is_throttled:
            self._law.close(usage.wait_seconds or RATE_PAUSE)

    def _sleep(self, seconds: float) -> None:
        if self._stopped.is_set() or (seconds > 0 and self._stopped.wait(seconds)):
            raise StoppedError
