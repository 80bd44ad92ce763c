"""The review queue: people decide on the moves of which the AI was not sure enough."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from inbox.actions.pipelines.moving import hold, move
from inbox.actions.refusal import Refusal
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import AiRun, Analysis, Contact, MoveStatus, PipelineStage, StageMove, User
from inbox.realtime import announce

AT_ONCE = 200  # moves; some two seconds


def accept(proposal: StageMove, *, by: User) -> None:
    """The contact moves as the AI proposed, and is not pinned: the AI may propose again. Raises
    `Refusal` where it is decided already, or the stage is gone."""
    _decide(proposal, MoveStatus.ACCEPTED, _proposed_stage(proposal), by=by)


def change(proposal: StageMove, stage: PipelineStage, *, by: User) -> None:
    """The contact moves to another stage, and is pinned there: a person's move, and none of the
    batch's."""
    _decide(proposal, MoveStatus.CHANGED, stage, by=by)


def reject(proposal: StageMove, *, by: User) -> None:
    """The contact stays where it is."""
    with transaction():
        _claim(proposal, MoveStatus.REJECTED, by=by)
        announce(contacts=[proposal.contact_id])


def accept_all(organization_id: int, *, through_id: int, by: User) -> int:
    """Accepts what waits with an id up to `through_id`, so that nothing is accepted unseen; 200 of
    them at the most. Answers how many it was; what somebody else decided meanwhile is left out."""
    waiting = _waiting(organization_id, through_id).order_by(StageMove.id).limit(AT_ONCE)
    accepted = 0
    for proposal in db.session.scalars(waiting).all():
        try:
            accept(proposal, by=by)
        except Refusal:
            _outdate(proposal)
        else:
            accepted += 1
    return accepted


def reject_all(organization_id: int, *, through_id: int, by: User) -> int:
    """Rejects what waits with an id up to `through_id`, 200 at the most; answers how many."""
    # Locked in the order of contacts: two who reject at once then do not end in a deadlock.
    some = (
        _waiting(organization_id, through_id, StageMove.id)
        .order_by(StageMove.contact_id)
        .limit(AT_ONCE)
        .with_for_update()
        .cte("some")
        .prefix_with("MATERIALIZED")
    )
    chosen = (
        update(StageMove)
        .where(StageMove.id.in_(select(some.c.id)))
        .values(status=MoveStatus.REJECTED, decided_by_id=by.id, decided_at=func.now())
        .returning(StageMove.contact_id)
    )

    def work() -> int:
        with transaction() as session:
            rejected = session.scalars(chosen).all()
            announce(contacts=rejected)
        return len(rejected)

    return retry_on_conflict(work)


def _waiting(organization_id: int, through_id: int, what: Any = StageMove) -> Any:
    return select(what).where(
        StageMove.organization_id == organization_id,
        StageMove.status == MoveStatus.WAITING,
        StageMove.id <= through_id,
    )


def _decide(proposal: StageMove, status: MoveStatus, stage: PipelineStage, *, by: User) -> None:
    def work() -> None:
        with transaction() as session:
            contact = session.get_one(Contact, proposal.contact_id)
            hold(contact, stage)
            _claim(proposal, status, by=by)
            is_changed = status == MoveStatus.CHANGED
            move(
                contact,
                stage,
                by=by,
                title=f"AI's proposal {'changed to' if is_changed else 'accepted:'} {stage.name}",
                details=_why(proposal),
                ai_run_id=None if is_changed else proposal.ai_run_id,
                pins=is_changed,
            )
            _count(proposal)
            announce(contacts=[contact.id])  # also where it stood there already

    retry_on_conflict(work)


def _count(proposal: StageMove) -> None:
    """It is one of the moves of its batch, and is undone with it."""
    counting = update(AiRun).where(AiRun.id == proposal.ai_run_id)
    counting = counting.execution_options(synchronize_session=False)
    db.session.execute(counting.values(moved=AiRun.moved_so_far()))


def _claim(proposal: StageMove, status: MoveStatus, *, by: User) -> None:
    """Of two who decide at once one is told so."""
    claimed = db.session.scalar(
        update(StageMove)
        .where(StageMove.id == proposal.id, StageMove.status == MoveStatus.WAITING)
        .values(status=status, decided_by_id=by.id, decided_at=func.now())
        .returning(StageMove.id)
    )
    if claimed is None:
        raise Refusal("This has been decided already, or is out of date.")


def _proposed_stage(proposal: StageMove) -> PipelineStage:
    stage = proposal.to_stage_id and db.session.get(PipelineStage, proposal.to_stage_id)
    if not stage:
        raise Refusal("The proposed stage has been deleted.")
    return stage


def _outdate(proposal: StageMove) -> None:
    """It cannot be accepted any more; else it would be found again and again."""
    with transaction() as session:
        session.execute(
            update(StageMove)
            .where(StageMove.id == proposal.id, StageMove.status == MoveStatus.WAITING)
            .values(status=MoveStatus.OUTDATED, decided_at=func.now())
        )


def _why(proposal: StageMove) -> dict[str, Any]:
    analysis = db.session.get_one(Analysis, proposal.analysis_id)
    return {
        "confidence": proposal.confidence,
        "recommendation": analysis.recommended_stage,
        "reasoning": analysis.reasoning,
    }
