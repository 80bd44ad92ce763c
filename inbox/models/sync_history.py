"""What is known of a page's syncs: the newest, the earlier ones, what failed, what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from inbox.extensions import db
from inbox.models.base import Xid8
from inbox.models.conversation import Conversation
from inbox.models.keyset import Position
from inbox.models.sync_job import SyncError, SyncJob, SyncKind, SyncStatus


def job_rows() -> Select[SyncJob]:
    """With what their shape needs, as they are now."""
    relations = (SyncJob.facebook_page, SyncJob.requested_by, SyncJob.resumed_from)
    loaded = [joinedload(relation) for relation in relations]
    return select(SyncJob).options(*loaded).execution_options(populate_existing=True)


def newest_jobs(facebook_page_ids: Iterable[int]) -> dict[int, SyncJob]:
    """The newest job of each page that has one."""
    newest = (
        select(func.max(SyncJob.id))
        .where(SyncJob.facebook_page_id.in_(facebook_page_ids))
        .group_by(SyncJob.facebook_page_id)
    )
    rows = db.session.scalars(job_rows().where(SyncJob.id.in_(newest)))
    return {row.facebook_page_id: row for row in rows}


def jobs_of(
    facebook_page_id: int, *, after: Position | None, limit: int
) -> tuple[Sequence[SyncJob], Position | None]:
    """The newest first, and where the next page begins."""
    query = job_rows().where(SyncJob.facebook_page_id == facebook_page_id)
    if after is not None:
        query = query.where(SyncJob.id < after.row_id)
    rows = db.session.scalars(query.order_by(SyncJob.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    last = Position(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
    return shown, last


def errors_of(job_id: int, limit: int | None = None) -> Sequence[SyncError]:
    """What failed in this job, in its order."""
    query = select(SyncError).where(SyncError.sync_job_id == job_id).order_by(SyncError.id)
    return db.session.scalars(query.limit(limit)).all()


def expected_contacts(job: SyncJob) -> int | None:
    """How many threads this job will meet, where that can be known: Meta never says. A sync of
    everything meets about as many as the last complete one did, a retry those that failed."""
    if job.kind == SyncKind.FAILED:
        failed = select(SyncError.platform, SyncError.thread_id).distinct()
        failed_of_job = failed.where(SyncError.sync_job_id == job.resumed_from_id).subquery()
        return db.session.scalar(select(func.count()).select_from(failed_of_job))
    if job.kind != SyncKind.EVERYTHING:
        return None
    earlier = aliased(SyncJob)
    return db.session.scalar(
        select(earlier.total_contacts)
        .where(
            earlier.facebook_page_id == job.facebook_page_id,
            earlier.id < job.id,
            earlier.kind == SyncKind.EVERYTHING,
            earlier.status == SyncStatus.COMPLETED,
            earlier.failure.is_(None),
        )
        .order_by(earlier.id.desc())
        .limit(1)
    )


def imported_since(
    since: int, organization_id: int, visible: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Has a sync stored threads since this transaction, on a page of whose conversations some are
    `visible`? Imported rows do not say themselves that they are new."""
    seen = select(Conversation.id).where(
        visible, Conversation.facebook_page_id == SyncJob.facebook_page_id
    )
    return exists().where(
        SyncJob.organization_id == organization_id,
        SyncJob.changed_xid >= literal(since, Xid8),
        SyncJob.synced_contacts > 0,
        seen.exists(),
    )


def newest_sync_change(organization_id: int) -> ColumnElement[int]:
    """The highest transaction id among the organization's syncs."""
    query = select(SyncJob.changed_xid).where(SyncJob.organization_id == organization_id)
    return query.order_by(SyncJob.changed_xid.desc()).limit(1).scalar_subquery()
