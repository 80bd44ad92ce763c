"""Replies on their way out: which may be taken, which wait, which are in doubt.

A reply is SENDING from the moment a person presses Enter. A worker takes it by a lease; the
outcome is written by whoever holds the same `attempt`. Replies of one conversation leave in the
order in which they were asked for (`queued_at`): a later one waits while an earlier one is SENDING,
which ends when that is sent, refused, in doubt, or given up (`GIVE_UP_AFTER`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, func, select, tuple_, update
from sqlalchemy.orm import aliased

from inbox.models.message import Delivery, Message

LEASE = timedelta(seconds=10)
UNCLAIMED_AFTER = timedelta(seconds=5)  # then the sweep asks a worker again
ASK_AGAIN_AT_LEAST = timedelta(seconds=15)
AGAIN_AT_MOST = timedelta(seconds=60)
LOOK_FIRST_AFTER = timedelta(seconds=2)  # the echo is mostly faster
LOOK_AGAIN_AT_LEAST = timedelta(seconds=5)
UNCONFIRMED_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(minutes=15)
GIVE_UP_LOOKING_AFTER = timedelta(hours=1)

# Nobody but workers sees leases and attempts: browsers need not be told of them.
QUIETLY = {"version": Message.version, "changed_xid": Message.changed_xid}
UNDER_WAY = Message.delivery.in_([Delivery.SENDING, Delivery.UNSURE])  # as the partial index has it


def waits() -> ColumnElement[bool]:
    """Wants to be sent, and no worker has it."""
    return UNDER_WAY & (Message.delivery == Delivery.SENDING) & Message.lease_until.is_(None)


def is_next() -> ColumnElement[bool]:
    """No earlier reply of its conversation is still on its way."""
    earlier = aliased(Message)
    return ~(
        select(earlier.id)
        .where(
            earlier.conversation_id == Message.conversation_id,
            earlier.delivery.in_([Delivery.SENDING, Delivery.UNSURE]),
            earlier.delivery == Delivery.SENDING,
            tuple_(earlier.queued_at, earlier.id) < tuple_(Message.queued_at, Message.id),
        )
        .exists()
    )


def claim(message_id: int) -> Update:
    """Takes the reply for `LEASE`, if it waits and is next."""
    return (
        update(Message)
        .where(Message.id == message_id, waits(), is_next())
        .values(attempt=Message.attempt + 1, lease_until=now() + LEASE, **QUIETLY)
    )


def renew(message_id: int, attempt: int) -> Update:
    """Keeps the lease; touches no row once somebody else has judged the reply."""
    return (
        update(Message)
        .where(
            Message.id == message_id,
            Message.attempt == attempt,
            Message.delivery == Delivery.SENDING,
            Message.lease_until.is_not(None),
        )
        .values(lease_until=now() + LEASE, **QUIETLY)
    )


def abandoned() -> Update:
    """Their worker died or stands still, and may have sent them: in doubt."""
    return (
        update(Message)
        .where(UNDER_WAY, Message.delivery == Delivery.SENDING, Message.lease_until < now())
        .values(delivery=Delivery.UNSURE, send_due_at=now())
        .returning(Message.id, Message.conversation_id)
        .execution_options(synchronize_session=False)
    )


def due_to_be_asked_for() -> Update:
    """Waiting replies whose worker never came. They are asked for again and again, ever more
    slowly, so that a dead worker finds no hill of jobs when it is back."""
    return (
        update(Message)
        .where(waits(), is_next(), Message.send_due_at <= now())
        .values(
            send_due_at=now() + _as_long_as_since(Message.queued_at, ASK_AGAIN_AT_LEAST),
            **QUIETLY,
        )
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )


def due_for_a_look() -> Update:
    """Replies in doubt whose thread is to be read (again)."""
    return (
        update(Message)
        .where(UNDER_WAY, Message.delivery == Delivery.UNSURE, Message.send_due_at <= now())
        .values(
            send_due_at=now() + _as_long_as_since(Message.lease_until, LOOK_AGAIN_AT_LEAST),
            **QUIETLY,
        )
        .returning(Message.conversation_id)
        .execution_options(synchronize_session=False)
    )


def next_of_conversation(conversation_id: int) -> Select[int]:
    """The reply that may leave now, if one waits."""
    return (
        select(Message.id)
        .where(Message.conversation_id == conversation_id, waits(), is_next())
        .limit(1)
    )


def in_doubt(conversation_id: int) -> Select[Any]:
    """Id, attempt, content, `queued_at` and since how long in doubt; oldest first."""
    return (
        select(
            Message.id,
            Message.attempt,
            Message.content,
            Message.queued_at,
            now() - Message.lease_until,
        )
        .where(
            Message.conversation_id == conversation_id,
            UNDER_WAY,
            Message.delivery == Delivery.UNSURE,
        )
        .order_by(Message.queued_at, Message.id)
    )


def _as_long_as_since(moment: Any, at_least: timedelta) -> ColumnElement[Any]:
    """A pause that doubles each time: as long as the time since `moment`, within bounds."""
    return func.least(func.greatest(now() - moment, at_least), AGAIN_AT_MOST)


def now() -> ColumnElement[Any]:
    """The database's clock, not the start of the transaction."""
    return func.clock_timestamp()
