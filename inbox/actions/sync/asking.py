"""Asking Meta for threads: as many at once as it gives, around what cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from inbox.actions.sync.calls import TRIES, Calls
from inbox.actions.sync.circles import IN_CIRCLES, Path
from inbox.actions.sync.outages import Outages
from inbox.actions.sync.reasons import thread_reason
from inbox.actions.sync.sizing import MOST_THREADS, Size
from inbox.meta.errors import TOO_MUCH_ASKED, ErrorKind, MetaError
from inbox.meta.past.history import MOST_MESSAGES, Asked, History, Slice, ThreadPage

log = logging.getLogger(__name__)

# No thread by itself is to blame for these: they end the account's sync.
FATAL = (ErrorKind.TOKEN, ErrorKind.PERMISSION, ErrorKind.POLICY)


class LostCursorError(Exception):
    """Meta has forgotten the cursor; `error` is how it said so."""

    def __init__(self, error: MetaError) -> None:
        super().__init__(str(error))
        self.error = error


class Asking:
    """What a sync asks for of one account, by several threads at once. All of it raises
    `MetaError` and `StoppedError`."""

    def __init__(self, history: History, calls: Calls) -> None:
        self._history = history
        self._calls = calls
        self._size = Size.of_platform(history.account.platform)

    def calls_since_last(self) -> int:
        return self._calls.made_since_last()

    def slice(self, after: str | None) -> Slice:
        """The threads after this cursor; one that cannot be read comes alone, with its `problem`.
        Raises `LostCursorError`, too."""
        outages = Outages(self._history, self._calls)
        while True:
            asked, is_narrowing = self._size.asked(), self._size.is_narrowing
            tries = 1 if is_narrowing else TRIES  # it has failed often enough
            try:
                part = self._calls.make(lambda: self._history.threads(asked, after), tries)  # noqa: B023 - at once
            except MetaError as error:
                self._check(error, after)
                if self._knows_not_a_field(error):
                    continue
                if not is_narrowing and outages.is_one(error):
                    continue
                if self._asks_for_less(error):
                    continue
                return self._unreadable(error, after)
            self._size.answered()
            return part

    def older(self, thread: ThreadPage) -> ThreadPage:
        """The messages before those of this page of the thread."""
        assert thread.older is not None
        after = thread.older
        return self._of_thread(lambda asked: self._history.older(thread, after, asked))

    def thread(self, thread_id: str) -> ThreadPage:
        """This one by itself."""
        return self._of_thread(lambda asked: self._history.thread(thread_id, asked))

    def place_of(self, updated: datetime) -> str | None:
        """Walks the list from its top, without messages, to the cursor before threads that were
        last updated then."""
        after: str | None = None
        path = Path()
        while True:
            part = self._calls.make(lambda: self._history.threads(Asked(MOST_THREADS, 0), after))  # noqa: B023 - at once
            last = part.threads[-1].updated_at if part.threads else None
            if part.after is None or (last is not None and last <= updated):
                return after
            if not path.leads_on(hash(thread.id) for thread in part.threads):
                raise MetaError(ErrorKind.REQUEST, IN_CIRCLES)
            after = part.after

    def _of_thread(self, ask: Callable[[Asked], ThreadPage]) -> ThreadPage:
        outages = Outages(self._history, self._calls)
        messages = min(MOST_MESSAGES, self._size.messages)
        while True:
            asked = Asked(1, messages, self._size.is_lean)
            try:
                return self._calls.make(lambda: ask(asked))  # noqa: B023 - at once
            except MetaError as error:
                if TOO_MUCH_ASKED in error.message and messages > 1:
                    messages //= 2
                elif not (self._knows_not_a_field(error) or outages.is_one(error)):
                    raise

    def _check(self, error: MetaError, after: str | None) -> None:
        """Raises what no other size of the call would change."""
        if error.kind in FATAL:
            raise error
        if after is not None and error.code == 100 and "cursor" in error.message.lower():
            raise LostCursorError(error)

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
            bare = self._calls.make(lambda: self._history.threads(Asked(1, 0), after))
        except MetaError as second:
            if after is None or not second.permanent or second.kind in FATAL:
                raise
            raise LostCursorError(second) from second
        return Slice(tuple(broken(each, error) for each in bare.threads), bare.after, bare.usage)


def broken(thread: ThreadPage, error: MetaError) -> ThreadPage:
    return ThreadPage(
        thread.id, thread.updated_at, thread.person, problem=thread_reason(error), code=error.label
    )
