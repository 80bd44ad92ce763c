"""Asking Meta, within its law: turns, waits, retries, and what cannot be read."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from inbox.actions.sync.progress import Fence, StoppedError
from inbox.actions.sync.reasons import reason
from inbox.actions.sync.sizing import MOST_THREADS, Size
from inbox.meta.errors import TOO_MUCH_ASKED, ErrorKind, MetaError
from inbox.meta.history import MOST_MESSAGES, Asked, History, Slice, ThreadPage
from inbox.meta.law import Law
from inbox.meta.usage import Usage

log = logging.getLogger(__name__)

T = TypeVar("T", Slice, ThreadPage)

# No thread by itself is to blame for these: they end the account's sync.
FATAL = (ErrorKind.TOKEN, ErrorKind.PERMISSION, ErrorKind.POLICY)
TRIES = 4
FIRST_PAUSE = 0.5  # seconds; twice as long after each failure
RATE_PAUSE = 60.0  # when Meta names no time
OUTAGE_PAUSE = 30.0
MOST_OUTAGES = 40  # about 20 minutes of silence end the job
TOLD_FROM = 3.0  # shorter waits are not worth telling people of
MOST_STANDING = 10  # answers in a row that bring nothing new: Meta's cursor goes round in circles
USED_UP = "Meta's allowance for this Page is used up."
IN_CIRCLES = "Its list goes round in circles."


class LostCursorError(Exception):
    """Meta has forgotten the cursor; `error` is how it said so."""

    def __init__(self, error: MetaError) -> None:
        super().__init__(str(error))
        self.error = error


class Asking:
    """All calls for one account, by several threads at once; `stopped` ends every wait."""

    def __init__(self, history: History, law: Law, fence: Fence, stopped: threading.Event) -> None:
        self._history = history
        self._law = law
        self._fence = fence
        self._stopped = stopped
        self._lock = threading.Lock()
        self._calls = 0
        self._size = Size.of_platform(history.account.platform)

    def stop(self) -> None:
        """Ends all waits of the job."""
        self._stopped.set()

    def calls_since_last(self) -> int:
        with self._lock:
            calls, self._calls = self._calls, 0
        return calls

    def slice(self, after: str | None) -> Slice:
        """The threads after this cursor; one that cannot be read comes alone, with its `problem`.
        Raises `MetaError`, `LostCursorError` and `StoppedError`."""
        outages = 0
        while True:
            asked = self._size.asked()
            try:
                part = self._call(lambda: self._history.threads(asked, after))  # noqa: B023 - at once
            except MetaError as error:
                self._check(error, after)
                if self._knows_not_a_field(error):
                    continue
                if error.kind == ErrorKind.TRANSIENT and not self._is_there(outages):
                    outages += 1
                    continue
                if self._asks_for_less(error):
                    continue
                return self._unreadable(error, after)
            self._size.answered()
            return part

    def older(self, thread: ThreadPage) -> ThreadPage:
        """The messages before those of this page of the thread. Raises like `thread`."""
        assert thread.older is not None
        after = thread.older
        return self._of_thread(lambda asked: self._history.older(thread, after, asked))

    def thread(self, thread_id: str) -> ThreadPage:
        """Raises `MetaError` for what only asking again by a person may change, `StoppedError`."""
        return self._of_thread(lambda asked: self._history.thread(thread_id, asked))

    def place_of(self, updated: datetime) -> str | None:
        """Walks the list from its top, without messages, to the cursor before threads that were
        last updated then. Raises `MetaError`."""
        after: str | None = None
        oldest = datetime.max.replace(tzinfo=updated.tzinfo)
        standing = 0
        while True:
            part = self._call(lambda: self._history.threads(Asked(MOST_THREADS, 0), after))  # noqa: B023 - at once
            last = part.threads[-1].updated_at if part.threads else None
            if part.after is None or (last is not None and last <= updated):
                return after
            standing = 0 if last is not None and last < oldest else standing + 1
            if standing > MOST_STANDING:
                raise MetaError(ErrorKind.REQUEST, IN_CIRCLES)
            oldest, after = min(oldest, last or oldest), part.after

    def _of_thread(self, ask: Callable[[Asked], ThreadPage]) -> ThreadPage:
        outages = 0
        messages = min(MOST_MESSAGES, self._size.messages)
        while True:
            asked = Asked(1, messages, self._size.is_lean)
            try:
                return self._call(lambda: ask(asked))  # noqa: B023 - at once
            except MetaError as error:
                if self._knows_not_a_field(error):
                    continue
                if TOO_MUCH_ASKED in error.message and messages > 1:
                    messages //= 2
                    continue
                if error.kind != ErrorKind.TRANSIENT or self._is_there(outages):
                    raise
                outages += 1

    def _call(self, ask: Callable[[], T]) -> T:
        """One call in its turn; what passes by itself is waited for."""
        failures = 0
        while True:
            self._wait(self._law.wait_seconds(), USED_UP)
            with self._lock:
                self._calls += 1
            try:
                answer = ask()
            except MetaError as error:
                if error.kind == ErrorKind.RATE:
                    self._law.close(error.retry_after or RATE_PAUSE)
                    self._wait(error.retry_after or RATE_PAUSE, reason(error))
                elif error.kind == ErrorKind.TRANSIENT and failures + 1 < TRIES:
                    failures += 1
                    self._sleep(FIRST_PAUSE * 2**failures * random.uniform(0.5, 1.0))  # noqa: S311 - spreads callers
                else:
                    raise
            else:
                self._heed(answer.usage)
                return answer

    def _heed(self, usage: Usage) -> None:
        self._law.heed(usage)
        if usage.is_throttled:
            self._law.close(usage.wait_seconds or RATE_PAUSE)

    def _wait(self, seconds: float, why: str) -> None:
        if seconds < TOLD_FROM:
            self._sleep(seconds)
            return
        until = self._fence.wait(seconds, why)
        self._sleep(seconds)
        self._fence.go_on(until)

    def _sleep(self, seconds: float) -> None:
        if self._stopped.is_set() or (seconds > 0 and self._stopped.wait(seconds)):
            raise StoppedError

    def _check(self, error: MetaError, after: str | None) -> None:
        """Raises what no other size of the call would change."""
        if error.kind in FATAL:
            raise error
        if after is not None and error.code == 100 and "cursor" in error.message.lower():
            raise LostCursorError(error)

    def _is_there(self, outages: int) -> bool:
        """Meta failed, again and again. Does it answer anything at all? If not, a while passes.
        Raises `MetaError` after a long outage."""
        try:
            self._call(lambda: self._history.threads(Asked(1, 0)))
        except MetaError as error:
            if error.kind != ErrorKind.TRANSIENT or outages >= MOST_OUTAGES:
                raise
            self._wait(OUTAGE_PAUSE, reason(error))
            return False
        return True

    def _asks_for_less(self, error: MetaError) -> bool:
        """False when it is a single thread that cannot be read."""
        is_too_much = TOO_MUCH_ASKED in error.message
        return self._size.reduced() if is_too_much else self._size.refused()

    def _knows_not_a_field(self, error: MetaError) -> bool:
        if self._size.is_lean or error.code != 100 or "nonexisting field" not in error.message:
            return False
        log.warning("Meta does not know a field of ours, asking for fewer: %s", error.message)
        self._size.is_lean = True
        return True

    def _unreadable(self, error: MetaError, after: str | None) -> Slice:
        """The next thread cannot be read with its messages; without them it can be named. If not,
        the cursor is to blame."""
        self._size.found()
        try:
            bare = self._call(lambda: self._history.threads(Asked(1, 0), after))
        except MetaError as second:
            if after is None or not second.permanent or second.kind in FATAL:
                raise
            raise LostCursorError(second) from second
        return Slice(tuple(broken(each, error) for each in bare.threads), bare.after, bare.usage)


def broken(thread: ThreadPage, error: MetaError) -> ThreadPage:
    return ThreadPage(
        thread.id, thread.updated_at, thread.person, problem=reason(error), code=error.label
    )


def moves_on() -> Callable[[Iterator[int]], bool]:
    """A check that answers False once too many answers in a row have brought nothing new; give it
    the marks (hashes) of what each answer holds."""
    seen: set[int] = set()
    standing = 0

    def check(marks: Iterator[int]) -> bool:
        nonlocal standing
        fresh = set(marks) - seen
        seen.update(fresh)
        standing = 0 if fresh else standing + 1
        return standing <= MOST_STANDING

    return check
