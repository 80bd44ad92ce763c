"""What people do with a conversation: read it, hand it over, set its status."""

from __future__ import annotations

from sqlalchemy import update

from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.events import Audience, ConversationRemoved
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.models import Conversation, ConversationAssignment, ConversationStatus, User
from inbox.realtime import announce, publish


def mark_read(conversation: Conversation) -> None:
    """Sets the team's unread count to 0 and shows the customer that we have seen it. Does nothing
    when there is nothing unread."""
    with transaction() as session:
        cleared = session.scalar(
            update(Conversation)
            .where(Conversation.id == conversation.id, Conversation.unread_count > 0)
            .values(unread_count=0)
            .returning(Conversation.id)
        )
        if cleared is not None:
            announce(conversations=[conversation.id])
            enqueue("outgoing", "workers.outgoing.mark_seen", conversation.id)


def change(
    conversation: Conversation,
    *,
    status: ConversationStatus | None = None,
    hand_over: bool = False,
    assignee: User | None = None,
    by: User,
) -> None:
    """Sets the status (when given) and, with `hand_over`, who holds the conversation (or nobody),
    in one step. Raises `Refusal`
    for somebody who is deactivated, also at this very moment."""
    with transaction() as session:
        # Two people may do this at once: the second one's history must name the first one's choice.
        session.refresh(conversation, ["status", "assignee_id"], with_for_update=True)
        if status is not None:
            conversation.status = status
        if hand_over and (assignee and assignee.id) != conversation.assignee_id:
            _hand_over(conversation, assignee, by=by)
        if session.is_modified(conversation):
            announce(conversations=[conversation.id])


def _hand_over(conversation: Conversation, assignee: User | None, *, by: User | None) -> None:
    """The history row is what tells the previous holder's browser, at its next catch-up, that the
    conversation is gone; the event tells it now."""
    if assignee is not None:
        db.session.refresh(assignee, ["is_active"], with_for_update={"read": True})
        if not assignee.is_active:
            raise Refusal(f"{assignee.name} has been deactivated.", field="assigneeId")
    previous = db.session.get(User, conversation.assignee_id) if conversation.assignee_id else None
    db.session.add(
        ConversationAssignment(
            organization_id=conversation.organization_id,
            conversation_id=conversation.id,
            previous_assignee_id=previous and previous.id,
            assignee_id=assignee and assignee.id,
            by_id=by and by.id,
        )
    )
    conversation.assignee = assignee
    if previous is not None and not previous.is_admin:
        publish(ConversationRemoved(conversation.id), to=Audience(user_id=previous.id))
