"""Syncs found by the database's own state: waiting ones, abandoned ones, due ones."""

from __future__ import annotations

from sqlalchemy import func, or_, select, update

from inbox.actions.sync.nudging import AGAIN_AFTER, nudge
from inbox.actions.sync.progress import QUIETLY
from inbox.actions.sync.requesting import request_sync
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import FacebookPage, SyncJob, SyncKind


def sweep_syncs() -> None:
    """Every 2 s: asks a worker for syncs that nobody took (a lost job, Redis emptied) and for
    those whose worker has died."""
    with transaction() as session:
        asked = session.scalars(
            update(SyncJob)
            .where(SyncJob.waits(), SyncJob.enqueue_due_at <= func.now())
            .values(enqueue_due_at=func.now() + AGAIN_AFTER, **QUIETLY)
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        ).all()
        for job_id in asked:
            nudge(job_id)


def request_due_syncs() -> None:
    """Every minute: pages with `auto_sync` whose `sync_interval` (minutes) has passed."""
    interval = FacebookPage.sync_interval * func.make_interval(0, 0, 0, 0, 0, 1)
    last_try = (
        select(func.max(SyncJob.created_at))
        .where(SyncJob.facebook_page_id == FacebookPage.id)
        .scalar_subquery()
    )
    due = db.session.scalars(
        select(FacebookPage).where(
            FacebookPage.auto_sync,
            FacebookPage.disconnected_at.is_(None),
            FacebookPage.token_failed_at.is_(None),
            FacebookPage.access_token_encrypted.is_not(None),
            or_(last_try.is_(None), last_try + interval <= func.now()),
        )
    ).all()
    for page in due:
        request_sync(page, kind=SyncKind.CHANGES)
