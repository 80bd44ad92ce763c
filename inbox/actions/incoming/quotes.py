"""Replies show what they answer; when that changes, they have changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from inbox.db import transaction
from inbox.models import Conversation, Message
from inbox.realtime import announce


def refresh_quotes(message_ids: Sequence[int]) -> None:
    """Tells the messages that quote these, because they were edited or unsent, or came only after
    their answer. Joins the caller's transaction."""
    if not message_ids:
        return
    with transaction() as session:
        quoted = session.execute(
            select(Message.conversation_id, Message.mid).where(
                Message.id.in_(message_ids), Message.mid.is_not(None)
            )
        ).all()
        replies = session.execute(
            update(Message)
            # Both by value: a join of the table with itself may read all of it for one message.
            .where(
                Message.conversation_id.in_({row.conversation_id for row in quoted}),
                Message.reply_to_mid.in_({row.mid for row in quoted}),
            )
            .values(reply_to_mid=Message.reply_to_mid)  # a change in name only, for the version
            .returning(Message.id, Message.conversation_id)
            .execution_options(synchronize_session=False)
        ).all()
        conversations = sorted({reply.conversation_id for reply in replies})
        session.execute(
            update(Conversation)
            .where(Conversation.id.in_(conversations))
            .values(status=Conversation.status)
        )
        announce(messages=[reply.id for reply in replies], conversations=conversations)
