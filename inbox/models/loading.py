"""Rows together with what their shapes need, in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import BigInteger, ColumnElement, Select, any_, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload, undefer

from inbox.extensions import db
from inbox.models.attachment import Attachment
from inbox.models.contact import Contact
from inbox.models.conversation import Conversation
from inbox.models.message import Message
from inbox.models.user import User


def conversation_rows() -> Select[Conversation]:
    """Conversations with contact, page and assignee, one query. `Contact` is joined, so callers
    may filter by it."""
    return (
        select(Conversation)
        .join(Conversation.contact)
        .options(
            contains_eager(Conversation.contact),
            joinedload(Conversation.facebook_page, innerjoin=True),
            joinedload(Conversation.assignee).lazyload(User.organization),
        )
        .execution_options(populate_existing=True)
    )


def message_rows() -> Select[Message]:
    """Messages with their attachments and author."""
    return (
        select(Message)
        .options(
            selectinload(Message.attachments).joinedload(Attachment.stored_file),
            joinedload(Message.author).lazyload(User.organization),
            undefer(Message.platform),
        )
        .execution_options(populate_existing=True)
    )


def conversations_by_id(ids: Collection[int]) -> Sequence[Conversation]:
    if not ids:
        return []
    return db.session.scalars(conversation_rows().where(_is_one_of(Conversation.id, ids))).all()


def messages_by_id(ids: Collection[int]) -> Sequence[Message]:
    """In the order of the thread."""
    if not ids:
        return []
    rows = message_rows().where(_is_one_of(Message.id, ids)).order_by(Message.sent_at, Message.id)
    return db.session.scalars(rows).all()


def contacts_by_id(ids: Iterable[int]) -> Sequence[Contact]:
    rows = (
        select(Contact).where(_is_one_of(Contact.id, ids)).execution_options(populate_existing=True)
    )
    return db.session.scalars(rows).all()


def _is_one_of(key: InstrumentedAttribute[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """As one array: `IN` makes a parameter of each, and another statement of each number."""
    return key == any_(literal(sorted(ids), ARRAY(BigInteger)))


def quoted_messages(messages: Iterable[Message]) -> dict[tuple[int, str], Message]:
    """The messages that these answer, with their authors, by (facebook_page_id, mid), where we have
    them."""
    keys = {(m.facebook_page_id, m.reply_to_mid) for m in messages if m.reply_to_mid}
    if not keys:
        return {}
    found = db.session.scalars(
        select(Message)
        .where(tuple_(Message.facebook_page_id, Message.mid).in_(keys))
        .options(joinedload(Message.author))
    )
    return {(row.facebook_page_id, row.mid or ""): row for row in found}
