"""The sync of one account (a Page on Messenger, or its Instagram account), slice by slice.

While a slice is stored the next one is already being fetched. A slice that Meta will not give is
asked for in halves, down to the one thread that cannot be read: that one is recorded, and the rest
goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from inbox.actions.sync.asking import Asking
from inbox.actions.sync.progress import Fence
from inbox.actions.sync.storing import Keeper, Older
from inbox.meta.history import Slice, ThreadPage


class AccountRun:
    """Goes from the checkpoint to the end of the list, or to threads older than `since`."""

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
        self._position = position
        self._app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's method

    def run(self) -> None:
        """Raises `StoppedError`, or a `MetaError` that ends this account's sync."""
        if self._position.get("done"):
            return
        with ThreadPoolExecutor(1, thread_name_prefix="fetch") as fetcher:
            for part in self._slices(fetcher):
                self._store(part)

    def _slices(self, fetcher: ThreadPoolExecutor) -> Iterator[Slice]:
        coming = self._fetch(fetcher, self._position.get("after"))
        while True:
            part = coming.result()
            ends = part.after is None or self._is_past(part)
            if not ends:
                coming = self._fetch(fetcher, part.after)
            yield part
            if ends:
                return

    def _fetch(self, fetcher: ThreadPoolExecutor, after: str | None) -> Future[Slice]:
        return fetcher.submit(self._fetched, after, self._position.get("updated"))

    def _fetched(self, after: str | None, updated: str | None) -> Slice:
        with self._app.app_context():
            return self._asking.slice(after, updated)

    def _is_past(self, part: Slice) -> bool:
        last = part.threads[-1].updated_at if part.threads else None
        return self._since is not None and last is not None and last < self._since

    def _store(self, part: Slice) -> None:
        threads = [thread for thread in part.threads if self._is_wanted(thread)]
        counts = self._keeper.keep(threads, older_pages(self._asking))
        updated = [thread.updated_at for thread in part.threads if thread.updated_at]
        self._position = {
            "after": part.after,
            "updated": min(updated).isoformat() if updated else self._position.get("updated"),
            "done": part.after is None or self._is_past(part),
        }
        self._fence.advance(
            self._keeper.account.platform,
            self._position,
            graph_calls=self._asking.calls_since_last(),
            **counts,
        )

    def _is_wanted(self, thread: ThreadPage) -> bool:
        return not (self._since and thread.updated_at and thread.updated_at < self._since)


def older_pages(asking: Asking) -> Older:
    """The rest of a long thread, call by call."""

    def pages(thread: ThreadPage) -> Iterator[ThreadPage]:
        while thread.older is not None:
            thread = asking.older(thread, thread.older)
            yield thread

    return pages
