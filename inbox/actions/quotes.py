"""Replies show what they answer; when that changes, they have changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from inbox.db import transaction
from inbox.models import Conversation, Message
from inbox.realtime import announce


def refresh_quotes(message_ids: Sequence[int]) -> None:
    """Tells the messages that quote these, because they were edited or unsent, or came only after
    their answer. Joins the caller's transaction."""
    if not message_ids:
        return
    reply, quoted = aliased(Message), aliased(Message)
    quoting = (
        select(reply.id)
        .join(quoted, quoted.conversation_id == reply.conversation_id)
        .where(quoted.id.in_(message_ids), reply.reply_to_mid == quoted.mid)
    )
    with transaction() as session:
        replies = session.execute(
            update(Message)
            .where(Message.id.in_(quoting))
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
