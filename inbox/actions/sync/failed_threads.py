"""The threads that failed in an earlier job, once more."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from inbox.actions.sync.asking import FATAL, Asking
from inbox.actions.sync.fence import Fence
from inbox.actions.sync.older_pages import older_pages
from inbox.actions.sync.reasons import thread_reason
from inbox.actions.sync.storing import Keeper
from inbox.db import transaction
from inbox.meta.errors import MetaError
from inbox.meta.past.history import ThreadPage
from inbox.models import SyncError


class FailedThreadsRun:
    """Reads each of them by itself. `position` is where the checkpoint says that it stands."""

    def __init__(
        self,
        asking: Asking,
        keeper: Keeper,
        fence: Fence,
        failed_job_id: int,
        position: dict[str, Any],
    ) -> None:
        self._asking = asking
        self._keeper = keeper
        self._fence = fence
        self._failed_job_id = failed_job_id
        self._after: str = position.get("after", "")

    def run(self) -> None:
        for thread_id in self._thread_ids():
            kept = self._keeper.keep([self._read(thread_id)], partial(older_pages, self._asking))
            self._fence.advance(
                self._keeper.account.platform,
                {"after": thread_id},
                kept.errors,
                graph_calls=self._asking.calls_since_last(),
                **kept.counts,
            )

    def _thread_ids(self) -> list[str]:
        with transaction() as session:
            return list(
                session.scalars(
                    select(SyncError.thread_id)
                    .where(
                        SyncError.sync_job_id == self._failed_job_id,
                        SyncError.platform == self._keeper.account.platform,
                        SyncError.thread_id > self._after,
                    )
                    .distinct()
                    .order_by(SyncError.thread_id)
                )
            )

    def _read(self, thread_id: str) -> ThreadPage:
        try:
            return self._asking.thread(thread_id)
        except MetaError as error:
            if error.kind in FATAL:
                raise
            return ThreadPage(thread_id, None, None, problem=thread_reason(error), code=error.label)
