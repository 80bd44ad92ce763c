"""What happens to messages after they were written: reactions, edits, unsends, receipts.

One event, one transaction, harmless when repeated or late.
"""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import Any

from sqlalchemy import func, select, update

from inbox.actions.copies.files import drop_files
from inbox.actions.incoming.quotes import refresh_quotes
from inbox.actions.incoming.setting_aside import set_aside_early
from inbox.actions.incoming.snippets import shortened
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.deliveries.webhook import Item
from inbox.meta.deliveries.webhook_events import (
    DeliveredUpTo,
    Event,
    MessageEdited,
    MessageUnsent,
    Reacted,
    ReadUpTo,
    Thread,
)
from inbox.models import Attachment, Conversation, Delivery, Direction, FacebookPage, Message
from inbox.realtime import announce


def apply_event(event: Event, item: Item) -> None:
    """Applies it to its message; when that has not come yet, keeps it until it comes."""
    with transaction():
        if not _apply(event):
            set_aside_early(event, item)


def touch(conversation_id: int, **values: Any) -> None:
    """Marks the conversation as changed, so that a catch-up finds what changed inside it."""
    db.session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(values or {"id": conversation_id})
    )


@singledispatch
def _apply(event: Event) -> bool:
    """Whether the message was there."""
    raise TypeError(f"{type(event).__name__} is not applied to a message")


@_apply.register
def _reacted(event: Reacted) -> bool:
    message = _message(event.thread, event.mid)
    if message is None:
        return False
    by = "instagram_user" if event.thread.platform == "INSTAGRAM" else "facebook_user"
    at = event.at.isoformat()
    others = [reaction for reaction in message.reactions if reaction["by"] != by]
    known = [reaction for reaction in message.reactions if reaction["by"] == by]
    if known and known[0]["at"] >= at:
        return True  # what we have is newer
    # A reaction taken back stays as a mark without emoji, or an older one could come after it.
    message.reactions = [*others, {"by": by, "emoji": event.emoji, "at": at}]
    # A reaction opens the reply window like a message does (Meta, Send API guide).
    later = func.greatest(Conversation.last_incoming_at, event.at)
    touch(message.conversation_id, **({"last_incoming_at": later} if event.emoji else {}))
    announce(messages=[message.id], conversations=[message.conversation_id])
    return True


@_apply.register
def _edited(event: MessageEdited) -> bool:
    message = _message(event.thread, event.mid)
    if message is None:
        return False
    if event.number <= message.extra.get("edits", 0) or message.is_deleted:
        return True
    message.content = event.content
    message.edited_at = event.at
    message.extra = message.extra | {"edits": event.number}
    refresh_quotes([message.id])
    _show_in_list(message, shortened(event.content))
    return True


@_apply.register
def _unsent(event: MessageUnsent) -> bool:
    message = _message(event.thread, event.mid)
    if message is None:
        return False
    if not message.is_deleted:
        message.is_deleted = True
        # The person took it back: we do not keep it either.
        message.content, message.extra = "", {}
        drop_files([message.id])
        forget = update(Attachment).where(Attachment.message_id == message.id)
        db.session.execute(forget.values(name=None, payload={}))
        refresh_quotes([message.id])
        _show_in_list(message, "Message unsent")
    return True


@_apply.register
def _read(event: ReadUpTo) -> bool:
    moment = event.watermark
    if event.mid is not None:
        message = _message(event.thread, event.mid)
        if message is None:
            return False
        moment = message.sent_at
    assert moment is not None
    _raise_delivery(
        event.thread, moment, Delivery.READ, (Delivery.SENT, Delivery.DELIVERED), "contact_read_at"
    )
    return True


@_apply.register
def _delivered(event: DeliveredUpTo) -> bool:
    _raise_delivery(
        event.thread,
        event.watermark,
        Delivery.DELIVERED,
        (Delivery.SENT,),
        "contact_delivered_at",
    )
    return True


def _message(thread: Thread, mid: str) -> Message | None:
    """The message, locked: two events of it wait for each other."""
    query = (
        select(Message)
        .join(FacebookPage, FacebookPage.id == Message.facebook_page_id)
        .where(FacebookPage.is_account(thread.platform, thread.account_id), Message.mid == mid)
        .with_for_update(of=Message)
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def _show_in_list(message: Message, snippet: str) -> None:
    """The list shows the newest message: only that one's change is seen there."""
    newest = Conversation.last_message_at == message.sent_at
    db.session.execute(
        update(Conversation)
        .where(Conversation.id == message.conversation_id, newest)
        .values(last_message_snippet=snippet)
    )
    touch(message.conversation_id)
    announce(messages=[message.id], conversations=[message.conversation_id])


def _raise_delivery(
    thread: Thread, moment: datetime, delivery: Delivery, lower: tuple[Delivery, ...], mark: str
) -> None:
    """All we sent up to `moment` has got as far as `delivery`."""
    conversation = db.session.scalar(select(Conversation).where(Conversation.of_thread(*thread)))
    if conversation is None:
        return
    raised = db.session.scalars(
        update(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.direction == Direction.OUTGOING,
            Message.sent_at <= moment,
            Message.delivery.in_(lower),
        )
        .values(delivery=delivery)
        .returning(Message.id)
    ).all()
    column = getattr(Conversation, mark)
    touch(conversation.id, **{mark: func.greatest(column, moment)})
    announce(messages=raised, conversations=[conversation.id])
