"""Meta's copy of what we sent: it belongs to the reply that a person wrote here, if one did."""

from __future__ import annotations

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from inbox.actions.incoming.early_events import apply_early_events
from inbox.actions.incoming.setting_aside import blames_data
from inbox.actions.incoming.thread_events import touch
from inbox.db import retry_on_conflict, transaction
from inbox.meta.deliveries.webhook_events import MessageArrived
from inbox.models import Conversation, Delivery, Direction, FacebookPage, Message
from inbox.realtime import announce

UNSETTLED = (Delivery.SENDING, Delivery.UNSURE)


def claim_echo(echo: MessageArrived) -> bool:
    """Whether the echo is of a reply written here; that reply then has Meta's `mid` and time.

    Messenger echoes the `metadata` we sent, our message id. Instagram does not: there the oldest
    unsettled reply with the same text is meant. (The echo may come before Meta's answer.)
    """
    try:
        reply_id = retry_on_conflict(lambda: _claim(echo))
    except DBAPIError as error:
        if not blames_data(error):
            raise
        # The same message came in by another way, this moment; or PostgreSQL refuses the echo, and
        # will say so again where it is set aside.
        return False
    if reply_id is not None:
        # Receipts may come before the echo.
        retry_on_conflict(lambda: apply_early_events([reply_id]))
    return reply_id is not None


def _claim(echo: MessageArrived) -> int | None:
    with transaction() as session:
        page = session.scalar(FacebookPage.of_account(echo.thread.platform, echo.thread.account_id))
        query = _reply_meant(echo, page) if page else None
        reply = None if query is None else session.scalar(query.with_for_update(of=Message))
        if reply is None:
            return None
        reply.mid = echo.mid
        reply.sent_at = echo.sent_at
        if reply.delivery in (*UNSETTLED, Delivery.FAILED):
            reply.delivery = _reached(session.get_one(Conversation, reply.conversation_id), echo)
            reply.error_code = reply.error_message = None
        touch(reply.conversation_id)
        announce(messages=[reply.id], conversations=[reply.conversation_id])
        return reply.id


def _reached(conversation: Conversation, echo: MessageArrived) -> Delivery:
    """How far receipts say that messages of that moment have come."""
    if conversation.contact_read_at and echo.sent_at <= conversation.contact_read_at:
        return Delivery.READ
    if conversation.contact_delivered_at and echo.sent_at <= conversation.contact_delivered_at:
        return Delivery.DELIVERED
    return Delivery.SENT


def _reply_meant(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    return _by_metadata(echo, page) if echo.metadata else _by_text(echo, page)


def _by_metadata(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    metadata = echo.metadata or ""
    if not metadata.isascii() or not metadata.isdigit() or len(metadata) > 18:
        return None  # another app's
    return _replies(page, echo).where(
        Message.id == int(metadata), or_(Message.mid.is_(None), Message.mid == echo.mid)
    )


def _by_text(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    if echo.thread.platform == "FACEBOOK":
        return None  # without metadata it was written elsewhere
    return (
        _replies(page, echo)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.of_thread(*echo.thread),
            Message.mid.is_(None),
            Message.delivery.in_(UNSETTLED),
            Message.content == echo.content,
        )
        .order_by(Message.id)
        .limit(1)
    )


def _replies(page: FacebookPage, echo: MessageArrived) -> Select[Message]:
    """Ours, unless another message has the echo's `mid`: then it was delivered again, or read by
    an import before, and whoever settles the reply finds that."""
    other = aliased(Message)
    return select(Message).where(
        Message.facebook_page_id == page.id,
        Message.direction == Direction.OUTGOING,
        ~exists().where(
            other.facebook_page_id == page.id, other.mid == echo.mid, other.id != Message.id
        ),
    )
