"""Asking for contacts to be analysed. The row is the request; the job only wakes a worker."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from inbox.config import settings
from inbox.db import transaction
from inbox.jobs import enqueue
from inbox.models import AnalysisReason, AnalysisRequest, Contact, Priority, User

JOB = "workers.ai.analyze"
MOST_AT_ONCE = 5000  # of one statement

PRIORITIES = {
    AnalysisReason.ASKED: Priority.ASKED,
    AnalysisReason.QUIET: Priority.QUIET,
    AnalysisReason.SYNC: Priority.SYNC,
    AnalysisReason.BULK: Priority.LATER,
    AnalysisReason.WEEKLY: Priority.LATER,
    AnalysisReason.RETRY_AI: Priority.LATER,
}


def ask(
    contact_ids: Sequence[int],
    reason: AnalysisReason,
    *,
    by: User | None,
    ai_run_id: int | None = None,
    sync_job_id: int | None = None,
) -> int:
    """These contacts are to be analysed as soon as a worker has time, whoever asked for them
    before; answers how many that are. Those merged into others are left out. Who may see them has
    been checked by the caller.

    A thread that has not changed since costs no call: its stored result is applied again."""
    asked = 0
    with transaction():
        for start in range(0, len(contact_ids), MOST_AT_ONCE):
            some = contact_ids[start : start + MOST_AT_ONCE]
            asked += _ask(some, reason, by, ai_run_id, sync_job_id)
        nudge(asked)
    return asked


def nudge(pieces: int = 1) -> None:
    """Asks so many workers to look for what is due, but no more than there are."""
    workers = settings().ai_processes
    for _ in range(min(pieces, workers)):
        enqueue("ai", JOB, most_waiting=workers)


def _ask(
    contact_ids: Sequence[int],
    reason: AnalysisReason,
    by: User | None,
    ai_run_id: int | None,
    sync_job_id: int | None,
) -> int:
    priority = PRIORITIES[reason]
    wanted = (
        select(
            Contact.organization_id,
            Contact.id,
            literal(reason),
            literal(int(priority)),
            func.clock_timestamp(),
            literal(by and by.id),
            literal(ai_run_id),
            literal(sync_job_id),
        )
        .where(Contact.id.in_(contact_ids), Contact.merged_into_id.is_(None))
        .order_by(Contact.id)  # two who ask for the same lock them in one order
    )
    columns = ["organization_id", "contact_id", "reason", "priority", "due_at"]
    adding = insert(AnalysisRequest).from_select(
        [*columns, "requested_by_id", "ai_run_id", "sync_job_id"], wanted
    )
    new, old = adding.excluded, AnalysisRequest
    is_sooner = new.priority <= old.priority
    stated = adding.on_conflict_do_update(
        index_elements=["contact_id"],
        set_={
            "reason": case((is_sooner, new.reason), else_=old.reason),
            "priority": func.least(new.priority, old.priority),
            # Moved also while a worker has it in hand: then it comes up again.
            "due_at": new.due_at,
            "tries": 0,
            "requested_by_id": func.coalesce(new.requested_by_id, old.requested_by_id),
            "ai_run_id": func.coalesce(new.ai_run_id, old.ai_run_id),
            "sync_job_id": func.coalesce(new.sync_job_id, old.sync_job_id),
        },
    )
    with transaction() as session:
        return len(session.scalars(stated.returning(AnalysisRequest.id)).all())
