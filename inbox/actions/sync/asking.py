"""Asking Meta, within its law: turns, waits, retries, and how much to ask for at once."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from inbox.actions.sync.progress import Fence, StoppedError
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.history import MOST_MESSAGES, NEWEST_DETAILED, Asked, History, Slice, ThreadPage
from inbox.meta.law import Law
from inbox.meta.usage import Usage

log = logging.getLogger(__name__)

T = TypeVar("T", Slice, ThreadPage)

# No thread by itself is to blame for these: they end the account's sync.
FATAL = (ErrorKind.TOKEN, ErrorKind.PERMISSION, ErrorKind.POLICY)
MESSAGES_AT_ONCE = 2500  # what Meta has been seen to answer
MOST_THREADS = 100  # the clamp of the list
TRIES = 4
FIRST_PAUSE = 0.5  # seconds; twice as long after each failure
RATE_PAUSE = 60.0  # when Meta names no time
OUTAGE_PAUSE = 30.0
MOST_OUTAGES = 40  # about 20 minutes of silence end the job
TOLD_FROM = 3.0  # shorter waits are not worth telling people of
GROW_AFTER = 10


class Asking:
    """All calls for one account; `stopped` ends every wait."""

    def __init__(self, history: History, law: Law, fence: Fence, stopped: threading.Event) -> None:
        self._history = history
        self._law = law
        self._fence = fence
        self._stopped = stopped
        self._calls = 0
        is_instagram = history.account.platform == "INSTAGRAM"
        self._messages = NEWEST_DETAILED if is_instagram else MOST_MESSAGES
        self._most = self._ceiling = min(MOST_THREADS, MESSAGES_AT_ONCE // self._messages)
        self._threads = self._most
        self._good = 0
        self._is_lean = False

    def calls_since_last(self) -> int:
        calls, self._calls = self._calls, 0
        return calls

    def slice(self, after: str | None, updated: str | None) -> Slice:
        """The threads after this cursor. Raises `MetaError` and `StoppedError`.

        `updated`: the time of the last thread that is stored, to find the place again when Meta
        has forgotten the cursor.
        """
        outages = 0
        while True:
            asked = Asked(self._threads, self._messages, self._is_lean)
            try:
                part = self._call(partial(self._history.threads, asked, after))
            except MetaError as error:
                if error.kind in FATAL:
                    raise
                if self._knows_not_a_field(error):
                    continue
                if self._shrink():
                    continue
                outages += 1
                found = self._one_by_itself(error, after, updated, outages)
                if found is not None:
                    return found
                continue
            self._grow()
            return part

    def older(self, thread: ThreadPage, after: str) -> ThreadPage:
        asked = Asked(1, MOST_MESSAGES, self._is_lean)
        return self._call(partial(self._history.older, thread, after, asked))

    def thread(self, thread_id: str) -> ThreadPage:
        asked = Asked(1, self._messages, self._is_lean)
        return self._call(partial(self._history.thread, thread_id, asked))

    def _call(self, ask: Callable[[], T]) -> T:
        """One call in its turn; what passes by itself is waited for."""
        failures = 0
        while True:
            self._sleep(self._law.wait_seconds())
            self._calls += 1
            try:
                answer = ask()
            except MetaError as error:
                if error.kind == ErrorKind.RATE:
                    self._wait(error.retry_after or RATE_PAUSE, error.explanation)
                elif error.kind == ErrorKind.TRANSIENT and failures + 1 < TRIES:
                    failures += 1
                    self._sleep(FIRST_PAUSE * 2**failures * random.uniform(0.5, 1.0))  # noqa: S311 - spreads callers
                else:
                    raise
            else:
                if isinstance(answer, Slice):
                    self._heed(answer.usage)
                return answer

    def _heed(self, usage: Usage) -> None:
        self._law.heed(usage)
        if usage.is_throttled:
            self._wait(
                usage.wait_seconds or RATE_PAUSE, "Meta's allowance for this Page is used up."
            )

    def _wait(self, seconds: float, reason: str) -> None:
        if seconds >= TOLD_FROM:
            self._fence.wait(seconds, reason)
        self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        if self._stopped.is_set() or (seconds > 0 and self._stopped.wait(seconds)):
            raise StoppedError

    def _shrink(self) -> bool:
        """Asks for half as many threads; False when it was one already."""
        self._good = 0
        if self._threads == 1:
            return False
        self._ceiling = max(1, self._threads - 1)
        self._threads = max(1, self._threads // 2)
        return True

    def _grow(self) -> None:
        self._good += 1
        if self._good % GROW_AFTER == 0:
            self._ceiling = min(self._most, self._ceiling * 2)
        self._threads = min(self._threads * 2, self._ceiling)

    def _knows_not_a_field(self, error: MetaError) -> bool:
        if self._is_lean or error.code != 100 or "nonexisting field" not in error.message:
            return False
        log.warning("Meta does not know a field of ours, asking for fewer: %s", error.message)
        self._is_lean = True
        return True

    def _one_by_itself(
        self, error: MetaError, after: str | None, updated: str | None, outages: int
    ) -> Slice | None:
        """One thread cannot be read with its messages. Without them it can: then it is broken.
        If not, the cursor may be stale, or Meta away: None means ask again."""
        try:
            bare = self._call(partial(self._history.threads, Asked(1, 0), after))
        except MetaError as second:
            if second.kind == ErrorKind.TRANSIENT and outages < MOST_OUTAGES:
                self._wait(OUTAGE_PAUSE, second.explanation)
                return None
            if after is None or updated is None or second.permanent is False:
                raise
            return self._found_again(datetime.fromisoformat(updated))
        broken = tuple(
            ThreadPage(
                thread.id,
                thread.updated_at,
                thread.person,
                problem=error.explanation,
                code=error.label,
            )
            for thread in bare.threads
        )
        return Slice(broken, bare.after, bare.usage)

    def _found_again(self, updated: datetime) -> Slice:
        """Walks the list from its top, without messages, to where the stored threads end; what
        was stored already and is met again does no harm."""
        after: str | None = None
        while True:
            part = self._call(partial(self._history.threads, Asked(self._most, 0), after))
            last = part.threads[-1].updated_at if part.threads else None
            if part.after is None or (last is not None and last <= updated):
                return self.slice(after, None)
            after = part.after
