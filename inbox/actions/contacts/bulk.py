"""What is done with many contacts at once, for one of them."""

from __future__ import annotations

from sqlalchemy import select

from inbox.actions import conversations
from inbox.actions.pipelines import by_hand
from inbox.db import transaction
from inbox.models import Contact, Conversation, PipelineStage, User


def hand_over(contact: Contact, *, assignee: User | None, by: User) -> None:
    """All of its conversations that `by` may see. Raises `Refusal` for somebody deactivated."""
    with transaction() as session:
        rows = select(Conversation).where(
            Conversation.contact_id == contact.id, Conversation.visible_to(by)
        )
        for row in session.scalars(rows.order_by(Conversation.id)).all():
            conversations.change(row, hand_over=True, assignee=assignee, by=by)


def put(contact: Contact, *, stage: PipelineStage | None, by: User) -> None:
    """Into this stage, pinned there; None takes it off the board."""
    by_hand.put(contact, stage, by=by)
