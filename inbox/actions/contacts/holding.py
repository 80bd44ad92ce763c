"""What every change of a contact begins and ends with. Call these inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from inbox.actions.pipelines.moving import named
from inbox.actions.refusal import Refusal
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    Contact,
    ContactActivity,
    Conversation,
    PipelineStage,
    User,
)
from inbox.realtime import announce


def hold(contact: Contact) -> None:
    """Locks the contact and reads it anew, so that of two people at once the second one's history
    names the first one's values. Raises `Refusal` when it was merged away."""
    db.session.refresh(contact, with_for_update={"key_share": True})
    if contact.merged_into_id is not None:
        raise Refusal("This contact has been merged into another one.")


def write_down(
    contact: Contact, kind: ActivityType, title: str, *, by: User | None, **details: Any
) -> None:
    """A line of the contact's history."""
    db.session.add(
        ContactActivity(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            user_id=by and by.id,
            type=kind,
            title=title,
            details=details,
        )
    )


def write_move(contact: Contact, before: Mapping[str, Any], title: str, *, by: User) -> None:
    """The same of a stage that came with other columns; `before` is what they were, as JSON holds
    it. Nothing where the stage is not among them, or the same."""
    if "stage_id" not in before or before["stage_id"] == contact.stage_id:
        return
    write_down(
        contact,
        ActivityType.STAGE_CHANGED,
        title,
        by=by,
        wasPinned=before["is_pinned"],
        wasEnteredAt=before["stage_entered_at"],
        to=named(_stage(contact.stage_id)),
        **{"from": named(_stage(before["stage_id"]))},
    )


def _stage(stage_id: int | None) -> PipelineStage | None:
    return db.session.get(PipelineStage, stage_id) if stage_id else None


def touch(contact_id: int) -> None:
    """A new version of a contact of whose own row nothing changed, and tells it."""
    same = update(Contact).where(Contact.id == contact_id).values(id=contact_id)
    db.session.execute(same.execution_options(synchronize_session=False))
    announce(contacts=[contact_id])


def touch_rows(contact_id: int) -> None:
    """The rows of its conversations show name and picture."""
    rows = update(Conversation).where(Conversation.contact_id == contact_id)
    rows = rows.values(contact_id=contact_id).execution_options(synchronize_session=False)
    announce(conversations=db.session.scalars(rows.returning(Conversation.id)).all())
