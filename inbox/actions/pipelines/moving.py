"""A contact enters a stage, or leaves the board."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from inbox.actions.pipelines.first import default_pipeline
from inbox.actions.refusal import Refusal
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    Contact,
    ContactActivity,
    MoveStatus,
    PipelineStage,
    StageMove,
    User,
)
from inbox.realtime import announce

__all__ = ["default_pipeline", "enter", "hold", "move", "named", "newest_move", "outdate_waiting"]


def move(  # noqa: PLR0913 - who, where to and what to say of it belong to one line of history
    contact: Contact,
    stage: PipelineStage | None,
    *,
    by: User | None,
    title: str,
    details: dict[str, Any],
    ai_run_id: int | None = None,
    pins: bool = True,
) -> ContactActivity | None:
    """Within a transaction: puts the contact into `stage`, or off the board with None; writes it
    down with `from`, `to`, `wasPinned` and `wasEnteredAt` beside `details`, and announces it. What
    waited for review is outdated.

    `by` a person, it pins the contact, unless `pins` says no; by nobody (AI), a pinned one stays
    where it is. Answers the activity, or None where nothing moved: it stood there already, or is
    pinned. Raises `Refusal` when the stage is gone, or the contact was merged away.
    """
    hold(contact, stage)
    if contact.stage_id == (stage.id if stage else None) or (by is None and contact.is_pinned):
        return None
    activity = enter(contact, stage, by=by, title=title, details=details, ai_run_id=ai_run_id)
    contact.is_pinned = contact.is_pinned or (pins and by is not None)
    outdate_waiting(contact.id)
    db.session.flush()
    announce(contacts=[contact.id])
    return activity


def enter(  # noqa: PLR0913 - as of a move
    contact: Contact,
    stage: PipelineStage | None,
    *,
    by: User | None,
    title: str,
    details: dict[str, Any],
    ai_run_id: int | None = None,
) -> ContactActivity:
    """A move's heart, for who moves many at once: the caller has locked both, outdates what waits
    for review, and announces the contact."""
    activity = ContactActivity(
        organization_id=contact.organization_id,
        contact_id=contact.id,
        user_id=by and by.id,
        ai_run_id=ai_run_id,
        type=ActivityType.STAGE_CHANGED,
        title=title,
        details=details | _whence(contact) | {"to": named(stage)},
    )
    db.session.add(activity)
    _place(contact, stage)
    return activity


def _place(contact: Contact, stage: PipelineStage | None) -> None:
    """Sets the three columns that belong together."""
    contact.pipeline_id = stage.pipeline_id if stage else None
    contact.stage_id = stage.id if stage else None
    contact.stage_entered_at = func.now() if stage else None


def outdate_waiting(contact_id: int) -> None:
    """What the AI proposed for this contact is no longer asked."""
    db.session.execute(
        update(StageMove)
        .where(StageMove.contact_id == contact_id, StageMove.status == MoveStatus.WAITING)
        .values(status=MoveStatus.OUTDATED, decided_at=func.now())
    )


def newest_move(contact: Contact) -> ContactActivity | None:
    return db.session.scalars(
        select(ContactActivity)
        .where(
            ContactActivity.contact_id == contact.id,
            ContactActivity.type == ActivityType.STAGE_CHANGED,
        )
        .order_by(ContactActivity.created_at.desc(), ContactActivity.id.desc())
        .limit(1)
    ).one_or_none()


def hold(contact: Contact, stage: PipelineStage | None) -> None:
    """Locks both: the stage before the contact, as who deletes a stage does, and both before what
    waits for review. Raises `Refusal` for a stage that is gone and a contact merged away.

    Of two who move a contact at once the second one's history then names the first one's stage.
    """
    if stage is not None:
        # With the one it leaves, whose name the history tells: one question instead of two.
        both = select(PipelineStage).where(PipelineStage.id.in_((stage.id, contact.stage_id)))
        held = db.session.scalars(both.with_for_update(read=True, key_share=True)).all()
        if stage.id not in {row.id for row in held}:
            raise Refusal("This stage has just been deleted.", field="stageId")
    state = ["pipeline_id", "stage_id", "stage_entered_at", "is_pinned", "merged_into_id"]
    db.session.refresh(contact, state, with_for_update={"key_share": True})
    if contact.merged_into_id is not None:
        raise Refusal("This contact has been merged into another one.")


def _whence(contact: Contact) -> dict[str, Any]:
    """What undoing needs."""
    before = contact.stage_id and db.session.get(PipelineStage, contact.stage_id)
    entered = contact.stage_entered_at
    return {
        "from": named(before or None),
        "wasPinned": contact.is_pinned,
        "wasEnteredAt": entered and entered.isoformat(),
    }


def named(stage: PipelineStage | None) -> dict[str, str] | None:
    """How the history names a stage, which may be deleted later."""
    if stage is None:
        return None
    return {"id": str(stage.id), "name": stage.name, "pipelineId": str(stage.pipeline_id)}
