"""Where a contact came from: the ad or link of their last referral."""

from __future__ import annotations

from sqlalchemy import select, update

from inbox.db import transaction
from inbox.meta.webhook_events import MessageArrived
from inbox.models import Contact, Conversation
from inbox.realtime import announce


def note_referral(event: MessageArrived) -> None:
    """Puts the referral on the contact, and touches the conversations that show it."""
    with transaction() as session:
        found = session.scalar(select(Conversation).where(Conversation.of_thread(*event.thread)))
        if found is None:
            return
        session.execute(
            update(Contact).where(Contact.id == found.contact_id).values(referral=event.referral)
        )
        session.execute(
            update(Conversation)
            .where(Conversation.contact_id == found.contact_id)
            .values(contact_id=found.contact_id)
        )
        announce(conversations=[found.id], contacts=[found.contact_id])
