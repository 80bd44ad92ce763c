"""The messages of one conversation, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from inbox.extensions import db
from inbox.models.conversation import Conversation
from inbox.models.keyset import Position, before
from inbox.models.loading import message_rows
from inbox.models.message import Message


def page_of(
    conversation: Conversation, *, earlier_than: Position | None, limit: int
) -> tuple[Sequence[Message], Position | None]:
    """The next `limit` messages, newest first by Meta's time, and where older ones begin."""
    query = message_rows().where(Message.conversation_id == conversation.id)
    if earlier_than is not None:
        query = query.where(before(earlier_than, Message.sent_at, Message.id))
    query = query.order_by(Message.sent_at.desc(), Message.id.desc())
    rows = db.session.scalars(query.limit(limit + 1)).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position(last.sent_at, last.id)
