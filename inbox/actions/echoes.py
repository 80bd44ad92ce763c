"""Meta's copy of what we sent: it belongs to the reply that a person wrote here, if one did."""

from __future__ import annotations

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from inbox.actions.thread_events import touch
from inbox.db import transaction
from inbox.meta.webhook_events import MessageArrived
from inbox.models import Conversation, Delivery, Direction, FacebookPage, Message
from inbox.realtime import announce

UNSETTLED = (Delivery.SENDING, Delivery.UNSURE)


def claim_echo(echo: MessageArrived) -> bool:
    """Whether the echo is of a reply written here; that reply then has Meta's `mid` and time.

    Messenger echoes the `metadata` we sent, our message id. Instagram does not: there the oldest
    unsettled reply with the same text is meant. (The echo may come before Meta's answer.)
    """
    with transaction() as session:
        page = session.scalar(FacebookPage.of_account(echo.thread.platform, echo.thread.account_id))
        query = _reply_meant(echo, page) if page else None
        reply = None if query is None else session.scalar(query.with_for_update(of=Message))
        if reply is None:
            return False
        reply.mid = echo.mid
        reply.sent_at = echo.sent_at
        if reply.delivery in (*UNSETTLED, Delivery.FAILED):
            reply.delivery = Delivery.SENT
            reply.error_code = reply.error_message = None
        touch(reply.conversation_id)
        announce(messages=[reply.id], conversations=[reply.conversation_id])
        return True


def _reply_meant(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    return _by_metadata(echo, page) if echo.metadata else _by_text(echo, page)


def _by_metadata(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    metadata = echo.metadata or ""
    if not metadata.isascii() or not metadata.isdigit() or len(metadata) > 18:
        return None  # another app's
    return _replies(page).where(
        Message.id == int(metadata), or_(Message.mid.is_(None), Message.mid == echo.mid)
    )


def _by_text(echo: MessageArrived, page: FacebookPage) -> Select[Message] | None:
    if echo.thread.platform == "FACEBOOK":
        return None  # without metadata it was written elsewhere
    known = aliased(Message)
    return (
        _replies(page)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.of_thread(*echo.thread),
            Message.mid.is_(None),
            Message.delivery.in_(UNSETTLED),
            Message.content == echo.content,
            # A message that has its mid already keeps it: this echo was delivered again.
            ~exists().where(known.facebook_page_id == page.id, known.mid == echo.mid),
        )
        .order_by(Message.id)
        .limit(1)
    )


def _replies(page: FacebookPage) -> Select[Message]:
    return select(Message).where(
        Message.facebook_page_id == page.id, Message.direction == Direction.OUTGOING
    )
