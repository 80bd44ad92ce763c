"""A slice of a sync is analysed as soon as it is stored; the sync does not wait for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.ai.requesting import ask
from inbox.actions.sync.progress import publish_progress
from inbox.db import retry_on_conflict, transaction
from inbox.models import (
    AiRun,
    AiRunKind,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    Platform,
    SyncJob,
)
from inbox.models.interaction_sweep import refresh


def slice_stored(
    job_id: int, facebook_page_id: int, platform: Platform, person_ids: Sequence[str]
) -> None:
    """`person_ids` are Meta's. Their contacts' last interaction is brought up to date, too: what a
    sync imports tells of no change."""
    retry_on_conflict(lambda: _slice_stored(job_id, facebook_page_id, platform, person_ids))


def _slice_stored(
    job_id: int, facebook_page_id: int, platform: Platform, person_ids: Sequence[str]
) -> None:
    own = Contact.messenger_psid if platform == Platform.FACEBOOK else Contact.instagram_sid
    with transaction() as session:
        ids = session.scalars(
            select(Contact.id)
            .where(Contact.facebook_page_id == facebook_page_id, own.in_(person_ids))
            .order_by(Contact.id)
        ).all()
        if not ids:
            return
        session.execute(refresh(list(ids)))
        known = session.scalar(
            select(func.count()).where(
                AnalysisRequest.contact_id.in_(ids), AnalysisRequest.sync_job_id == job_id
            )
        )
        run_id = _run_of(job_id)
        asked = ask(ids, AnalysisReason.SYNC, by=None, ai_run_id=run_id, sync_job_id=job_id) - (
            known or 0
        )
        _count(run_id, job_id, asked)


def _run_of(job_id: int) -> int:
    """The batch whose moves can be undone together."""
    with transaction() as session:
        job = session.get_one(SyncJob, job_id)
        values = {
            "organization_id": job.organization_id,
            "kind": AiRunKind.SYNC,
            "sync_job_id": job_id,
            "started_by_id": job.requested_by_id,
        }
        session.execute(insert(AiRun).values(values).on_conflict_do_nothing())
        return session.scalars(select(AiRun.id).where(AiRun.sync_job_id == job_id)).one()


def _count(run_id: int, job_id: int, asked: int) -> None:
    with transaction() as session:
        session.execute(
            update(AiRun)
            .where(AiRun.id == run_id)
            .values(total=AiRun.total + asked)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(SyncJob)
            .where(SyncJob.id == job_id)
            .values(analyzed_total=SyncJob.analyzed_total + asked)
            .execution_options(synchronize_session=False)
        )
        publish_progress(job_id)
