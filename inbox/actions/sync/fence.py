"""A worker's hold on a sync: a lease by the database's clock, and its `attempt`, which fences every
write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Update, case, cast, func, update
from sqlalchemy.dialects.postgresql import JSONB

from inbox.actions.sync.progress import QUIETLY, publish_progress, watermark
from inbox.actions.sync.reasons import reason
from inbox.db import transaction
from inbox.meta.errors import MetaError
from inbox.models import FacebookPage, SyncError, SyncJob, SyncKind, SyncStatus

# What a killed worker had in hand is asked for within a sweep (2 s) after this, and is to go on
# within 15 s on a busy machine too. Three heartbeats (2 s) may be missed.
LEASE = timedelta(seconds=8)
NOT_WAITING = {"waiting_until": None, "waiting_reason": None}


class StoppedError(Exception):
    """A person paused or cancelled the job, or another worker has it: leave it alone."""


@dataclass(frozen=True)
class Fence:
    """One worker's hold on one job."""

    job_id: int
    attempt: int

    def write(self, **values: Any) -> None:
        """Writes to the job and keeps its lease; raises `StoppedError` when it is no longer
        ours."""
        with transaction() as session:
            written = session.scalar(
                self._update().values(lease_until=func.now() + LEASE, **values)
            )
            if written is None:
                raise StoppedError
            publish_progress(self.job_id)

    def keep(self) -> bool:
        """Renews the lease, quietly; False when the job is no longer ours."""
        with transaction() as session:
            renewed = self._update().values(lease_until=func.now() + LEASE, **QUIETLY)
            return session.scalar(renewed) is not None

    def advance(
        self,
        platform: str,
        position: dict[str, Any],
        errors: Sequence[SyncError] = (),
        **counts: int,
    ) -> None:
        """After a slice: its counts and errors are added, and the checkpoint moves behind it, all
        of it or nothing: a slice that is done again counts once."""
        counts["failed_contacts"] = len(errors)
        added = {name: getattr(SyncJob, name) + count for name, count in counts.items()}
        merged = SyncJob.checkpoint.op("||")(cast({platform: position}, JSONB))
        with transaction() as session:
            self.write(checkpoint=merged, **added)
            session.add_all(errors)

    def wait(self, seconds: float, why: str) -> datetime:
        """Tells people until when Meta makes it wait, and why; answers until when."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self.write(waiting_until=until, waiting_reason=why)
        return until

    def go_on(self, until: datetime) -> None:
        """That wait is over; another account's may not be."""
        is_it = SyncJob.waiting_until == until
        self.write(
            waiting_until=case((is_it, None), else_=SyncJob.waiting_until),
            waiting_reason=case((is_it, None), else_=SyncJob.waiting_reason),
        )

    def complete(self, page: FacebookPage, errors: Sequence[MetaError]) -> None:
        """`errors` ended one of its accounts, not all. The page's next sync takes what changed
        since this one began."""
        failure = reason(errors[0]) if errors else None
        with transaction() as session:
            self._end(SyncStatus.COMPLETED, failure=failure)
            job = session.get_one(SyncJob, self.job_id, populate_existing=True)
            if job.kind == SyncKind.FAILED:
                return
            moved: dict[str, Any] = {"last_synced_at": func.now()}
            if (until := watermark(job, page)) is not None:
                moved["synced_until"] = until
            session.execute(update(FacebookPage).where(FacebookPage.id == page.id).values(moved))

    def fail(self, why: str, *, token_expired: bool = False) -> None:
        self._end(SyncStatus.FAILED, failure=why, token_expired=token_expired)

    def _end(self, status: SyncStatus, **values: Any) -> None:
        self.write(status=status, completed_at=func.now(), **NOT_WAITING, **values)

    def _update(self) -> Update:
        return (
            update(SyncJob)
            .where(
                SyncJob.id == self.job_id,
                SyncJob.attempt == self.attempt,
                SyncJob.status == SyncStatus.IN_PROGRESS,
            )
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        )


def claim(job_id: int) -> Fence | None:
    """Takes a job that waits, or whose worker has died; None when there is nothing to do."""
    taken = (
        update(SyncJob)
        .where(SyncJob.id == job_id, SyncJob.waits())
        .values(
            status=SyncStatus.IN_PROGRESS,
            attempt=SyncJob.attempt + 1,
            lease_until=func.now() + LEASE,
            started_at=func.coalesce(SyncJob.started_at, func.now()),
            **NOT_WAITING,
        )
        .returning(SyncJob.attempt)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        attempt = session.scalar(taken)
        if attempt is None:
            return None
        publish_progress(job_id)
        return Fence(job_id, attempt)
