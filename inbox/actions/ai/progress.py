"""How far batches of analyses have come: those of a sync, and bulk runs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from inbox.actions.ai.claiming import FOR_RULES, Held
from inbox.actions.sync.progress import publish_progress
from inbox.db import transaction
from inbox.events import AiRunProgress, Audience
from inbox.extensions import db
from inbox.models import AiRun, AiRunStatus, AnalysisRequest, SyncJob
from inbox.realtime import publish
from inbox.shapes.reviews import ai_run


def note_progress(held: Sequence[Held]) -> None:
    """What is no longer waiting is done, whoever did it."""
    for job_id in sorted({each.sync_job_id for each in held if each.sync_job_id}):
        _note_sync(job_id)
    for run_id in sorted({each.run_id for each in held if each.run_id}):
        _note_run(run_id)


def _note_sync(job_id: int) -> None:
    """It never falls: who asks for a contact again does not undo what was done."""
    waiting = select(func.count()).where(AnalysisRequest.sync_job_id == job_id, FOR_RULES)
    done = func.greatest(SyncJob.analyzed_done, SyncJob.analyzed_total - waiting.scalar_subquery())
    with transaction() as session:
        changed = session.scalar(
            update(SyncJob)
            .where(SyncJob.id == job_id, SyncJob.analyzed_done < done)
            .values(analyzed_done=done)
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        )
        if changed:
            publish_progress(job_id)


def _note_run(run_id: int) -> None:
    waiting = select(func.count()).where(AnalysisRequest.ai_run_id == run_id, FOR_RULES)
    done = func.greatest(AiRun.analyzed, AiRun.total - waiting.scalar_subquery())
    with transaction() as session:
        session.execute(
            update(AiRun)
            .where(AiRun.id == run_id)
            .values(analyzed=done, moved=AiRun.moved_so_far())
            .execution_options(synchronize_session=False)
        )
        publish_run(run_id)


def complete_runs() -> None:
    """Every 5 s: runs of which nothing is left; those of a sync only once that has ended."""
    waiting = select(AnalysisRequest.id).where(AnalysisRequest.ai_run_id == AiRun.id, FOR_RULES)
    still_syncing = select(SyncJob.id).where(SyncJob.id == AiRun.sync_job_id, SyncJob.active())
    with transaction() as session:
        ended = session.scalars(
            update(AiRun)
            .where(AiRun.status == AiRunStatus.RUNNING, ~waiting.exists(), ~still_syncing.exists())
            .values(status=AiRunStatus.COMPLETED, completed_at=func.now(), analyzed=AiRun.total)
            .returning(AiRun.id)
            .execution_options(synchronize_session=False)
        ).all()
        for run_id in ended:
            publish_run(run_id)


def publish_run(run_id: int) -> None:
    """Once committed, tells the admins how the run stands."""
    query = select(AiRun).where(AiRun.id == run_id).options(joinedload(AiRun.started_by))
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    publish(AiRunProgress(ai_run(row)), to=Audience(row.organization_id))
