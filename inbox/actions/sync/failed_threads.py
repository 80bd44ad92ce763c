"""The threads that failed in an earlier job, once more."""

from __future__ import annotations

from sqlalchemy import select

from inbox.actions.sync.account_run import older_pages
from inbox.actions.sync.asking import FATAL, Asking
from inbox.actions.sync.progress import Fence
from inbox.actions.sync.storing import Keeper
from inbox.db import transaction
from inbox.meta.errors import MetaError
from inbox.meta.history import ThreadPage
from inbox.models import SyncError


class FailedThreadsRun:
    """Reads each of them by itself."""

    def __init__(self, asking: Asking, keeper: Keeper, fence: Fence, failed_job_id: int) -> None:
        self._asking = asking
        self._keeper = keeper
        self._fence = fence
        self._failed_job_id = failed_job_id

    def run(self) -> None:
        for thread_id in self._thread_ids():
            counts = self._keeper.keep([self._read(thread_id)], older_pages(self._asking))
            self._fence.advance(
                self._keeper.account.platform,
                {"done": False},
                graph_calls=self._asking.calls_since_last(),
                **counts,
            )

    def _thread_ids(self) -> list[str]:
        with transaction() as session:
            return list(
                session.scalars(
                    select(SyncError.thread_id)
                    .where(
                        SyncError.sync_job_id == self._failed_job_id,
                        SyncError.platform == self._keeper.account.platform,
                    )
                    .distinct()
                )
            )

    def _read(self, thread_id: str) -> ThreadPage:
        try:
            return self._asking.thread(thread_id)
        except MetaError as error:
            if error.kind in FATAL:
                raise
            return ThreadPage(thread_id, None, None, problem=error.explanation, code=error.label)
