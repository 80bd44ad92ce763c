"""A sync paused, resumed or cancelled by people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, update

from inbox.actions.refusal import Refusal
from inbox.actions.sync.fence import NOT_WAITING
from inbox.actions.sync.nudging import AGAIN_AFTER, nudge
from inbox.actions.sync.progress import publish_progress
from inbox.db import transaction
from inbox.models import SyncJob, SyncStatus
from inbox.models.sync_job import ACTIVE


def pause(job: SyncJob) -> None:
    """Stops it within one slice, until a person resumes it."""
    _turn(job, SyncStatus.PAUSED, SyncStatus.PENDING, SyncStatus.IN_PROGRESS)


def resume(job: SyncJob) -> None:
    """It goes on from its checkpoint."""
    with transaction():
        due_at = func.now() + AGAIN_AFTER
        _turn(job, SyncStatus.PENDING, SyncStatus.PAUSED, enqueue_due_at=due_at)
        nudge(job.id)


def cancel(job: SyncJob) -> None:
    """Stops it for good, within one slice; what was imported stays."""
    _turn(job, SyncStatus.CANCELLED, *ACTIVE, completed_at=func.now())


def _turn(job: SyncJob, to: SyncStatus, *from_: SyncStatus, **values: Any) -> None:
    """The status and its row count are the claim: of two people who click at once one wins.
    Raises `Refusal` when it stands neither where it can be turned from nor where it is to be."""
    with transaction() as session:
        turned = session.scalar(
            update(SyncJob)
            .where(SyncJob.id == job.id, SyncJob.status.in_(from_))
            .values(status=to, **NOT_WAITING, **values)
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        )
        session.refresh(job)
        if turned is None and job.status != to:
            raise Refusal(f"This sync is {job.status.lower().replace('_', ' ')}.", field="job")
        publish_progress(job.id)
