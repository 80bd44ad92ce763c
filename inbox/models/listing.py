"""The list of conversations: what it shows, page by page, and its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true

from inbox.extensions import db
from inbox.models.contact import Contact
from inbox.models.conversation import Conversation, ConversationStatus
from inbox.models.facebook_page import Platform
from inbox.models.keyset import Position, before
from inbox.models.loading import conversation_rows
from inbox.models.names import any_holds_every_word

COUNT_AT_MOST = 1000  # a badge says "999+"; counting further reads rows for nothing


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None is "all". each word of `search` is part of the
    name or user name."""

    status: ConversationStatus | None = None
    assignee_id: int | None = None
    unassigned: bool = False
    platform: Platform | None = None
    facebook_page_id: int | None = None
    unread: bool = False
    search: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        chosen: list[tuple[object, ColumnElement[bool]]] = [
            (self.status, Conversation.status == self.status),
            (self.assignee_id, Conversation.assignee_id == self.assignee_id),
            (self.unassigned, Conversation.assignee_id.is_(None)),
            (self.platform, Conversation.platform == self.platform),
            (self.facebook_page_id, Conversation.facebook_page_id == self.facebook_page_id),
            (self.unread, Conversation.unread_count > 0),
            (self.search, self._matches()),
        ]
        return [condition for value, condition in chosen if value]

    def _matches(self) -> ColumnElement[bool]:
        if not self.search:
            return true()
        return any_holds_every_word([Contact.name, Contact.username], self.search)


def page_of(
    visible: ColumnElement[bool], filters: Filters, *, after: Position | None, limit: int
) -> tuple[Sequence[Conversation], Position | None]:
    """The next `limit` conversations, newest first, and where the page after them begins."""
    query = conversation_rows().where(visible, *filters.conditions())
    if after is not None:
        query = query.where(before(after, Conversation.last_message_at, Conversation.id))
    query = query.order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    rows = db.session.scalars(query.limit(limit + 1)).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position(last.last_message_at, last.id)


def count(visible: ColumnElement[bool], filters: Filters) -> int:
    """How many match, counted to 1000 at the most."""
    matching = select(Conversation.id).where(visible, *filters.conditions()).limit(COUNT_AT_MOST)
    return db.session.scalar(select(func.count()).select_from(matching.subquery())) or 0
