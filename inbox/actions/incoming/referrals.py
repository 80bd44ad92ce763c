"""Where a contact came from: the ad or link of their last referral."""

from __future__ import annotations

from sqlalchemy import select, update

from inbox.db import retry_on_conflict, transaction
from inbox.meta.deliveries.webhook_events import MessageArrived
from inbox.models import Contact, Conversation, Message
from inbox.realtime import announce


def note_referral(event: MessageArrived) -> None:
    """Puts the newest referral of the event's thread, by Meta's time, on the contact. Deliveries
    may come late or twice."""
    retry_on_conflict(lambda: _note(event))


def _note(event: MessageArrived) -> None:
    with transaction() as session:
        found = session.scalar(select(Conversation).where(Conversation.of_thread(*event.thread)))
        if found is None:
            return
        newest = (
            select(Message.extra["referral"])
            .where(Message.conversation_id == found.id, Message.extra.has_key("referral"))
            .order_by(Message.sent_at.desc(), Message.id.desc())
            .limit(1)
        )
        session.execute(
            update(Contact)
            .where(Contact.id == found.contact_id)
            .values(referral=newest.scalar_subquery())
        )
        rows = session.scalars(
            update(Conversation)
            .where(Conversation.contact_id == found.contact_id)
            .values(contact_id=found.contact_id)
            .returning(Conversation.id)
        ).all()
        announce(conversations=rows, contacts=[found.contact_id])
