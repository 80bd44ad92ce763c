"""The review queue, page by page: what the AI would move, and why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from inbox.extensions import db
from inbox.models.ai_run import AiRun
from inbox.models.stage_move import MoveStatus, StageMove

COUNT_AT_MOST = 1000  # a badge says "999+"


def waiting(organization_id: int) -> Select[StageMove]:
    """With contact, analysis and both stages, the newest first."""
    return (
        select(StageMove)
        .where(
            StageMove.organization_id == organization_id,
            StageMove.status == MoveStatus.WAITING,
        )
        .options(
            joinedload(StageMove.contact, innerjoin=True),
            joinedload(StageMove.analysis, innerjoin=True),
            joinedload(StageMove.from_stage),
            joinedload(StageMove.to_stage),
        )
        .order_by(StageMove.id.desc())
    )


def page_of(
    organization_id: int, *, after: int | None, limit: int
) -> tuple[Sequence[StageMove], int | None]:
    """The next `limit`, and the id after which those behind them begin."""
    query = waiting(organization_id)
    if after is not None:
        query = query.where(StageMove.id < after)
    rows = db.session.scalars(query.limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def count(organization_id: int) -> int:
    """How many wait, counted to 1000 at the most."""
    some = select(StageMove.id).where(
        StageMove.organization_id == organization_id, StageMove.status == MoveStatus.WAITING
    )
    return (
        db.session.scalar(select(func.count()).select_from(some.limit(COUNT_AT_MOST).subquery()))
        or 0
    )


def recent_runs(organization_id: int, *, limit: int) -> Sequence[AiRun]:
    """Batches of AI moves that have moved somebody, the newest first."""
    runs = select(AiRun).where(AiRun.organization_id == organization_id, AiRun.moved > 0)
    newest = runs.options(joinedload(AiRun.started_by)).order_by(AiRun.id.desc())
    return db.session.scalars(newest.limit(limit)).all()
