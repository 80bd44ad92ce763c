"""What changed since a moment, for a browser that was away; gap-free under concurrent writers.

Rows carry the id of the transaction that last changed them. A cursor holds the oldest transaction
that was still running when it was made (`pg_snapshot_xmin`): whatever was invisible then has that
id or a higher one, so `changed_xid >= cursor` misses nothing. Rows may come twice; `version` tells.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, literal_column, select, tuple_

from inbox.extensions import db
from inbox.models.base import Xid8
from inbox.models.conversation import Conversation, ConversationAssignment
from inbox.models.keyset import BadCursorError
from inbox.models.loading import conversation_rows, message_rows
from inbox.models.message import Message
from inbox.models.sync_history import imported_since, newest_sync_change
from inbox.models.user import User

PAGE = 100  # rows of each kind in one answer
RELOAD_OVER = 500  # rows; from there fetching the screen anew is cheaper
DATABASE: ColumnElement[str] = literal_column(
    "(SELECT system_identifier FROM pg_control_system())::text || '.'"
    " || (SELECT oid FROM pg_database WHERE datname = current_database())::text"
)
OLDEST_RUNNING: ColumnElement[str] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text")


class Cursor(NamedTuple):
    """`since`: rows from this transaction on. While pages follow each other, `then` is the next
    cursor's `since` and the two pairs are the last row of the page before (0, 0 at first)."""

    database: str
    since: int
    then: int = 0
    last_conversation: tuple[int, int] = (0, 0)
    last_message: tuple[int, int] = (0, 0)

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(self).encode()).decode()

    @classmethod
    def decode(cls, cursor: str) -> Cursor:
        """Raises `BadCursorError`."""
        try:
            database, since, then, conversation, message = json.loads(
                base64.urlsafe_b64decode(cursor)
            )
            pairs = [(int(xid), int(row_id)) for xid, row_id in (conversation, message)]
            numbers = [int(since), int(then), *pairs[0], *pairs[1]]
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadCursorError(cursor) from error
        if not all(0 <= number < 2**63 for number in numbers):
            raise BadCursorError(cursor)
        return cls(str(database), int(since), int(then), pairs[0], pairs[1])


@dataclass(frozen=True)
class Changes:
    """`reload`: too much has changed (or in another database): fetch the screen anew. It is also
    true with `imported`: beside the rows here, a sync has brought some that do not say so.
    `change` is the newest one's transaction id."""

    cursor: Cursor
    change: int = 0
    has_more: bool = False
    reload: bool = False
    imported: bool = False
    conversations: Sequence[Conversation] = ()
    messages: Sequence[Message] = ()
    removed_conversation_ids: Sequence[int] = ()


def changes_since(cursor: Cursor | None, user: User, visible: ColumnElement[bool]) -> Changes:
    """What `user`, who may see `visible` conversations, has missed. Without a cursor: the present
    one and nothing else. Call it at the start of a transaction of isolation REPEATABLE READ, so
    that the cursor and the rows are of one snapshot."""
    is_first = cursor is not None and not cursor.then
    now = _present(cursor.since if cursor and is_first else None, user, visible)
    found = Changes(Cursor(now.database, now.oldest_running), change=now.newest_change)
    if cursor is None:
        return found
    if cursor.database != now.database or now.changed_rows > RELOAD_OVER:
        return replace(found, reload=True)
    if is_first:
        cursor = cursor._replace(then=now.oldest_running)
    page = replace(_page(cursor, user, visible), change=now.newest_change)
    return replace(page, reload=True, imported=True) if now.is_imported else page


class _Present(NamedTuple):
    """`database` is its identity, which a copy restored elsewhere does not share;
    `oldest_running` the oldest transaction still running; `changed_rows` how many
    have changed, counted as far as it matters."""

    database: str
    oldest_running: int
    newest_change: int
    changed_rows: int = 0
    is_imported: bool = False


def _present(since: int | None, user: User, visible: ColumnElement[bool]) -> _Present:
    """What is to be known before the rows, in one round trip."""
    asked: list[ColumnElement[Any]] = [DATABASE, OLDEST_RUNNING, _newest_change(user, visible)]
    if since is not None:
        asked += [_count(since, visible), imported_since(since, user.organization_id, visible)]
    database, oldest_running, newest, *more = db.session.execute(select(*asked)).one()
    return _Present(database, int(oldest_running), newest or 0, *more)


def _newest_change(user: User, visible: ColumnElement[bool]) -> ColumnElement[int | None]:
    """The highest transaction id among the visible conversations, of which each change of a
    message changes one too, and, for admins, among the organization's syncs."""
    query = select(Conversation.changed_xid).where(visible)
    newest = query.order_by(Conversation.changed_xid.desc()).limit(1).scalar_subquery()
    if not user.is_admin:
        return newest
    return func.greatest(newest, newest_sync_change(user.organization_id), type_=Xid8())


def _count(since: int, visible: ColumnElement[bool]) -> ColumnElement[int]:
    from_then_on = literal(since, Xid8)
    conversations = select(Conversation.id).where(visible, Conversation.changed_xid >= from_then_on)
    messages = (
        select(Message.id)
        .join(Message.conversation)
        .where(visible, Message.changed_xid >= from_then_on)
    )
    both = conversations.union_all(messages).limit(RELOAD_OVER + 1).subquery()
    return select(func.count()).select_from(both).scalar_subquery()


def _page(cursor: Cursor, user: User, visible: ColumnElement[bool]) -> Changes:
    conversations = db.session.scalars(
        conversation_rows()
        .where(visible, _after(Conversation, cursor.since, cursor.last_conversation))
        .order_by(Conversation.changed_xid, Conversation.id)
        .limit(PAGE)
    ).all()
    messages = db.session.scalars(
        message_rows()
        .join(Message.conversation.of_type(Conversation))
        .where(visible, _after(Message, cursor.since, cursor.last_message))
        .order_by(Message.changed_xid, Message.id)
        .limit(PAGE)
    ).all()
    has_more = PAGE in (len(conversations), len(messages))
    after = cursor._replace(
        last_conversation=_last(conversations) or cursor.last_conversation,
        last_message=_last(messages) or cursor.last_message,
    )
    return Changes(
        after if has_more else Cursor(cursor.database, cursor.then),
        has_more=has_more,
        conversations=conversations,
        messages=messages,
        removed_conversation_ids=_removed(cursor.since, user, visible),
    )


def _after(
    table: type[Conversation | Message], since: int, last: tuple[int, int]
) -> ColumnElement[bool]:
    xid, row_id = last
    if (xid, row_id) == (0, 0):
        return table.changed_xid >= literal(since, Xid8)
    return tuple_(table.changed_xid, table.id) > tuple_(literal(xid, Xid8), literal(row_id))


def _last(rows: Sequence[Conversation] | Sequence[Message]) -> tuple[int, int] | None:
    return (rows[-1].changed_xid, rows[-1].id) if rows else None


def _removed(since: int, user: User, visible: ColumnElement[bool]) -> Sequence[int]:
    """Conversations that were this user's and are not any more; an admin keeps seeing them."""
    if user.is_admin:
        return ()
    lost = select(ConversationAssignment.conversation_id).where(
        ConversationAssignment.previous_assignee_id == user.id,
        ConversationAssignment.changed_xid >= literal(since, Xid8),
    )
    # `is_not(True)`: of what nobody holds, SQL says neither yes nor no.
    return db.session.scalars(
        select(Conversation.id).where(Conversation.id.in_(lost), visible.is_not(True))
    ).all()
