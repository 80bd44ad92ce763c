"""Syncs asked for: by people, by the clock, by what noticed a hole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.facebook_pages.page_access import MUST_RECONNECT
from inbox.actions.refusal import Refusal
from inbox.actions.sync.nudging import AGAIN_AFTER, nudge
from inbox.actions.sync.progress import publish_progress
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import FacebookPage, Platform, SyncError, SyncJob, SyncKind, SyncStatus, User

# A thread may be written to while its slice is read: the next sync looks a little further back.
OVERLAP = timedelta(minutes=10)


def request_sync(
    page: FacebookPage,
    *,
    kind: SyncKind = SyncKind.EVERYTHING,
    days: int | None = None,
    by: User | None = None,
    resumed_from: SyncJob | None = None,
) -> tuple[SyncJob, bool]:
    """A new job for this page, or the one that is active already; and whether it is new.

    `CHANGES` takes everything where nothing was ever synced. `days` goes with `LAST_DAYS`. Raises
    `Refusal` for a page that must be reconnected first.
    """
    if page.needs_reconnect or page.disconnected_at is not None:
        raise Refusal(MUST_RECONNECT, field="facebookPageId")
    origin = resumed_from if kind != SyncKind.FAILED else None
    values = {
        "organization_id": page.organization_id,
        "facebook_page_id": page.id,
        "kind": kind,
        "since": _since(page, kind, days),
        "requested_by_id": by and by.id,
        "resumed_from_id": resumed_from and resumed_from.id,
        "enqueue_due_at": func.now() + AGAIN_AFTER,
        "checkpoint": _open_ends(page) if kind == SyncKind.CHANGES else {},
        **_inherited(origin),
    }
    # The partial unique index decides a race; the loser finds the winner's job. If that has ended
    # meanwhile, the next attempt is not in its way.
    while (made := _made(values, origin)) is None:
        with transaction() as session:
            active = select(SyncJob).where(SyncJob.facebook_page_id == page.id, SyncJob.active())
            if (found := session.scalar(active)) is not None:
                return found, False
    return made, True


def _made(values: dict[str, Any], origin: SyncJob | None) -> SyncJob | None:
    """The new job, handed to the workers; None where the page has an active one."""
    with transaction() as session:
        job_id = session.scalar(
            insert(SyncJob).values(values).on_conflict_do_nothing().returning(SyncJob.id)
        )
        if job_id is None:
            return None
        if origin is not None:
            _take_over_errors(origin.id, job_id)
        nudge(job_id)
        publish_progress(job_id)
        return session.get_one(SyncJob, job_id)


def retry(job: SyncJob, page: FacebookPage, *, by: User) -> tuple[SyncJob, bool]:
    """A new job that goes on where a failed one stopped."""
    if job.status != SyncStatus.FAILED:
        raise Refusal("Only a sync that failed can be tried again.", field="job")
    origin = job
    if job.kind == SyncKind.FAILED and job.resumed_from_id is not None:
        # It was over the threads that failed in that one, and still is.
        origin = db.session.get_one(SyncJob, job.resumed_from_id)
    return request_sync(page, kind=job.kind, by=by, resumed_from=origin)


def retry_failed(job: SyncJob, page: FacebookPage, *, by: User) -> tuple[SyncJob, bool]:
    """A new job over the threads that failed in this one."""
    if job.is_active:
        raise Refusal("This sync is still running.", field="job")
    known = select(SyncError.id).where(SyncError.sync_job_id == job.id).limit(1)
    if db.session.scalar(known) is None:
        raise Refusal("Nothing failed in this sync.", field="job")
    return request_sync(page, kind=SyncKind.FAILED, by=by, resumed_from=job)


def _since(page: FacebookPage, kind: SyncKind, days: int | None) -> datetime | None:
    if kind == SyncKind.LAST_DAYS:
        return datetime.now(UTC) - timedelta(days=days or 30)
    if kind == SyncKind.CHANGES and page.synced_until is not None:
        return page.synced_until - OVERLAP
    return None


def _open_ends(page: FacebookPage) -> dict[str, Any]:
    """Where the page's last sync ended with an error on one platform, that one begins as early
    as it did then."""
    last = db.session.scalar(
        select(SyncJob)
        .where(
            SyncJob.facebook_page_id == page.id,
            SyncJob.status == SyncStatus.COMPLETED,
            SyncJob.kind.in_((SyncKind.EVERYTHING, SyncKind.CHANGES)),
        )
        .order_by(SyncJob.id.desc())
        .limit(1)
    )
    if last is None or last.failure is None:
        return {}
    begun = last.since and last.since.isoformat()
    ends = {platform: last.checkpoint.get(platform, {}) for platform in Platform}
    return {
        platform: {"since": end.get("since", begun)}
        for platform, end in ends.items()
        if not end.get("done")
    }


def _take_over_errors(from_id: int, to_id: int) -> None:
    """What failed before the job stopped is behind its checkpoint: it has still failed."""
    names = ["platform", "thread_id", "name", "error", "code", "created_at"]
    columns = [SyncError.__table__.c[name] for name in names]
    earlier = select(literal(to_id), *columns).where(SyncError.sync_job_id == from_id)
    with transaction() as session:
        session.execute(insert(SyncError).from_select(["sync_job_id", *names], earlier))


def _inherited(job: SyncJob | None) -> dict[str, Any]:
    """What a resumed job has done already."""
    if job is None:
        return {}
    counters = (
        "total_contacts", "synced_contacts", "failed_contacts", "new_contacts", "synced_messages",
        "new_messages", "recovered_messages", "since",
    )  # fmt: skip
    return {name: getattr(job, name) for name in counters} | {"checkpoint": job.checkpoint}
