"""What was decided about some contacts before, read at once: one by one costs as much as the
analysis itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from inbox.extensions import db
from inbox.models import ActivityType, ContactActivity, MoveStatus, StageMove


@dataclass(frozen=True)
class Past:
    """By contact: its newest move, and the move that waits for review. `rejected`: (analysis,
    stage) of the moves that people have rejected."""

    newest: dict[int, ContactActivity]
    waiting: dict[int, StageMove]
    rejected: set[tuple[int, int | None]]


def past_of(contact_ids: Collection[int]) -> Past:
    """Call it with the contacts locked: then nobody decides meanwhile."""
    moves = select(StageMove).where(
        StageMove.contact_id.in_(contact_ids),
        StageMove.status.in_([MoveStatus.WAITING, MoveStatus.REJECTED]),
    )
    found = db.session.scalars(moves.execution_options(populate_existing=True)).all()
    return Past(
        newest=_newest_moves(contact_ids),
        waiting={row.contact_id: row for row in found if row.status == MoveStatus.WAITING},
        rejected={
            (row.analysis_id, row.to_stage_id) for row in found if row.status == MoveStatus.REJECTED
        },
    )


def _newest_moves(contact_ids: Collection[int]) -> dict[int, ContactActivity]:
    activity = ContactActivity
    newest = (
        select(activity)
        .ext(distinct_on(activity.contact_id))
        .where(activity.contact_id.in_(contact_ids), activity.type == ActivityType.STAGE_CHANGED)
        .order_by(activity.contact_id, activity.created_at.desc(), activity.id.desc())
    )
    return {row.contact_id: row for row in db.session.scalars(newest)}
