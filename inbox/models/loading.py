"""Rows together with what their shapes need, in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Select, any_, bindparam, select, tuple_
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
    return db.session.scalars(_conversations_by_id(), {"ids": sorted(ids)}).all()


def messages_by_id(ids: Collection[int]) -> Sequence[Message]:
    """In the order of the thread."""
    if not ids:
        return []
    return db.session.scalars(_messages_by_id(), {"ids": sorted(ids)}).all()


def contacts_by_id(ids: Iterable[int]) -> Sequence[Contact]:
    return db.session.scalars(_contacts_by_id(), {"ids": sorted(ids)}).all()


# Made once: to put such a statement together takes as long as PostgreSQL takes to run it.


@cache
def _conversations_by_id() -> Select[Conversation]:
    return conversation_rows().where(_is_given(Conversation.id))


@cache
def _messages_by_id() -> Select[Message]:
    return message_rows().where(_is_given(Message.id)).order_by(Message.sent_at, Message.id)


@cache
def _contacts_by_id() -> Select[Contact]:
    return select(Contact).where(_is_given(Contact.id)).execution_options(populate_existing=True)


def _is_given(key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """One of `ids`, as one array: `IN` makes a parameter of each, and another statement of each
    number."""
    return key == any_(bindparam("ids", type_=ARRAY(BigInteger)))


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
