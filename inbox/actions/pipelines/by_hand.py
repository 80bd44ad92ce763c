"""What people do with one card: move it, take that back, pin and unpin it."""

from __future__ import annotations

from datetime import datetime

from inbox.actions.pipelines.moving import hold, move, newest_move, outdate_waiting
from inbox.actions.refusal import Refusal
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import ActivityType, Contact, ContactActivity, PipelineStage, User
from inbox.realtime import announce


def put(contact: Contact, stage: PipelineStage | None, *, by: User) -> ContactActivity | None:
    """Into this stage, or with None off the board; the contact is pinned there. Answers what
    `take_back` takes, or None where it stood there already."""

    def work() -> ContactActivity | None:
        with transaction():
            title = f"Moved to {stage.name}" if stage else "Taken off the board"
            return move(contact, stage, by=by, title=title, details={})

    return retry_on_conflict(work)


def take_back(contact: Contact, activity_id: int, *, by: User) -> ContactActivity | None:
    """Undoes a move: the stage, since when, and whether it was pinned. Raises `Refusal` once the
    contact was moved again."""

    def work() -> ContactActivity | None:
        with transaction() as session:
            hold(contact, None)
            undone = newest_move(contact)
            if undone is None or undone.id != activity_id or "wasPinned" not in undone.details:
                raise Refusal("This contact has been moved since.")
            stage = _stage_before(undone)
            title = f"Back in {stage.name}" if stage else "Off the board again"
            activity = move(contact, stage, by=by, title=title, details={"undoes": str(undone.id)})
            contact.is_pinned = undone.details["wasPinned"]
            if stage is not None and undone.details["wasEnteredAt"]:
                contact.stage_entered_at = datetime.fromisoformat(undone.details["wasEnteredAt"])
            session.flush()
            return activity

    return retry_on_conflict(work)


def set_pin(contact: Contact, is_pinned: bool, *, by: User) -> None:
    """Whether AI must leave it where it stands; then what it proposes waits no longer."""
    with transaction() as session:
        hold(contact, None)
        if contact.is_pinned == is_pinned:
            return
        contact.is_pinned = is_pinned
        if is_pinned:
            outdate_waiting(contact.id)
        session.add(
            ContactActivity(
                organization_id=contact.organization_id,
                contact_id=contact.id,
                user_id=by.id,
                type=ActivityType.PINNED if is_pinned else ActivityType.UNPINNED,
                title="Pinned to its stage" if is_pinned else "Unpinned: AI may move it again",
            )
        )
        announce(contacts=[contact.id])


def _stage_before(undone: ContactActivity) -> PipelineStage | None:
    before = undone.details["from"]
    if before is None:
        return None
    stage = db.session.get(PipelineStage, int(before["id"]))
    if stage is None:
        raise Refusal(f"The stage {before['name']} has been deleted.")
    return stage
