"""What a sync has done, as its row tells it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from inbox import shapes
from inbox.db import transaction
from inbox.events import Audience, SyncProgress
from inbox.extensions import db
from inbox.models import FacebookPage, SyncJob, SyncKind
from inbox.realtime import publish

# Values of an update that is no news to anybody.
QUIETLY = {"version": SyncJob.version, "changed_xid": SyncJob.changed_xid}


def publish_progress(job_id: int) -> None:
    """Once committed, tells the admins how the job stands."""
    row = db.session.scalars(
        select(SyncJob)
        .where(SyncJob.id == job_id)
        .options(joinedload(SyncJob.facebook_page), joinedload(SyncJob.requested_by))
        .execution_options(populate_existing=True)
    ).one()
    publish(SyncProgress(shapes.sync_job(row)), to=Audience(row.organization_id))


def note_new(job_id: int, **counts: int) -> None:
    """Adds what a statement has brought that nobody had. At once and by whichever attempt: should
    the slice be stored again, nothing of it is new any more."""
    added = {name: getattr(SyncJob, name) + count for name, count in counts.items() if count}
    if not added:
        return
    with transaction() as session:
        session.execute(
            update(SyncJob)
            .where(SyncJob.id == job_id)
            .values(**added, **QUIETLY)
            .execution_options(synchronize_session=False)
        )


def watermark(job: SyncJob, page: FacebookPage) -> datetime | None:
    """Until when the page is synced by this job; null when it leaves a hole behind what was synced
    before."""
    has_hole = (
        job.kind == SyncKind.LAST_DAYS
        and page.synced_until is not None
        and job.since is not None
        and page.synced_until < job.since
    )
    if has_hole:
        return None
    # Not the job's own start: it may go on from one that began long before.
    begun = [position["began"] for position in job.checkpoint.values() if "began" in position]
    return min((datetime.fromisoformat(moment) for moment in begun), default=job.started_at)
