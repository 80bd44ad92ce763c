"""The sync of one account (a Page on Messenger, or its Instagram account), slice by slice.

While a slice is stored the next one is already being fetched. A thread that somebody writes to
while the list is read moves to its top, past us: so what changed meanwhile is read at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from inbox.actions.sync.asking import Asking, LostCursorError
from inbox.actions.sync.background import started
from inbox.actions.sync.circles import IN_CIRCLES, Path
from inbox.actions.sync.fence import Fence
from inbox.actions.sync.older_pages import older_pages
from inbox.actions.sync.storing import Keeper
from inbox.actions.sync.walk import Walk
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.past.history import Slice, ThreadPage

CLOCKS_DIFFER = timedelta(minutes=1)  # Meta's and ours
MOST_LOSSES = 3  # of the cursor, with nothing new in between


class AccountRun:
    """`position` is where the checkpoint says that it stands (`SyncJob.checkpoint`)."""

    def __init__(
        self,
        asking: Asking,
        keeper: Keeper,
        fence: Fence,
        *,
        since: datetime | None,
        position: dict[str, Any],
    ) -> None:
        self._asking = asking
        self._keeper = keeper
        self._fence = fence
        self._since = since
        self._position = {"began": datetime.now(UTC).isoformat()} | position
        self._seen: set[int] = set()

    def run(self) -> None:
        """Raises `StoppedError`, or a `MetaError` that ends this account's sync."""
        if not self._position.get("done"):
            for part, walk in self._slices(Walk.at(self._position, self._since)):
                self._position |= walk.position() | {"done": walk.ends_with(part)}
                self._store(part, walk)
        if self._since is None and not self._position.get("isTopped"):
            began = datetime.fromisoformat(self._position["began"])
            for part, walk in self._slices(Walk(since=began - CLOCKS_DIFFER)):
                self._position["isTopped"] = walk.ends_with(part)
                self._store(part, walk, is_again=True)

    def _slices(self, walk: Walk) -> Iterator[tuple[Slice, Walk]]:
        """Each slice, and the walk as it stands behind it."""
        path = Path()
        coming = self._fetch(walk)
        while True:
            walk, part = self._arrived(walk, coming)
            if not path.leads_on(hash(thread.id) for thread in part.threads):
                raise MetaError(ErrorKind.REQUEST, IN_CIRCLES)
            walk = walk.behind(part)
            ends = walk.ends_with(part)
            if not ends:
                coming = self._fetch(walk)
            yield part, walk
            if ends:
                return

    def _arrived(self, walk: Walk, coming: Future[Slice]) -> tuple[Walk, Slice]:
        """Waits for the slice. A place that Meta has forgotten is found again."""
        losses = 0
        while True:
            try:
                return walk, coming.result()
            except LostCursorError as lost:
                losses += 1
                if walk.last is None or losses > MOST_LOSSES:
                    raise lost.error from lost
                after = self._asking.place_of(walk.last.updated)
                walk = replace(walk, after=after, found=walk.last)
                coming = self._fetch(walk)

    def _fetch(self, walk: Walk) -> Future[Slice]:
        return started(partial(self._asking.slice, walk.after))

    def _store(self, part: Slice, walk: Walk, *, is_again: bool = False) -> None:
        threads = [each for each in part.threads if walk.wants(each) and not self._knows(each)]
        kept = self._keeper.keep(threads, partial(older_pages, self._asking), is_again=is_again)
        self._fence.advance(
            self._keeper.account.platform,
            self._position,
            kept.errors,
            graph_calls=self._asking.calls_since_last(),
            **kept.counts,
        )

    def _knows(self, thread: ThreadPage) -> bool:
        """Whether this run has stored it as it is: a page of the list may come twice."""
        mark = hash((thread.id, thread.updated_at))
        is_known = mark in self._seen
        self._seen.add(mark)
        return is_known
