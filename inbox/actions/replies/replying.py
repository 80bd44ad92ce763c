"""What people do: write a reply, and try a failed one again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.facebook_pages.page_access import MUST_RECONNECT
from inbox.actions.incoming.snippets import shortened
from inbox.actions.refusal import Refusal
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.meta.deliveries.webhook_fields import repaired
from inbox.meta.messages import text_problem
from inbox.meta.window import reply_window
from inbox.models import Conversation, Delivery, Direction, Message, MessageKind, User, outgoing
from inbox.realtime import announce


def reply(
    conversation: Conversation, *, text: str, client_message_id: str | None, by: User
) -> tuple[int, bool]:
    """Stores the reply and hands it to the workers; browsers show it at once.

    Returns the message's id and whether it is new: a repeated `client_message_id` is the same
    message, whatever else is said. Raises `Refusal` (field `text` or `conversation`). Leaves the
    unread count alone. Needs `facebook_page` loaded.
    """
    text = storable(text)
    with transaction() as session:
        earlier = _with_client_id(conversation, client_message_id)
        if earlier is not None:
            return earlier, False
        # Replies of one conversation queue up here, so that their order is that of their ids.
        session.refresh(conversation, ["last_incoming_at", "last_message_at"], with_for_update=True)
        _check(conversation, text)
        message_id = _insert(conversation, text, client_message_id, by)
        if message_id is None:  # the same one came twice at once, and the other was first
            return _with_client_id(conversation, client_message_id) or 0, False
        announce(new_messages=[message_id])
        enqueue("outgoing", "workers.outgoing.send_message", message_id)
    return message_id, True


def retry(message: Message, conversation: Conversation) -> None:
    """Sends a failed reply once more; it moves to the end of its thread. One that is already on
    its way again stays so. Raises `Refusal`."""
    retry_on_conflict(lambda: _retry(message, conversation))


def storable(text: str) -> str:
    """Without blank ends, NUL and half characters, which PostgreSQL or the driver refuse."""
    return str(repaired(text)).replace("\x00", "").strip()


def _retry(message: Message, conversation: Conversation) -> None:
    with transaction() as session:
        session.refresh(message, ["delivery", "content"], with_for_update=True)
        session.refresh(conversation, ["last_incoming_at", "last_message_at"], with_for_update=True)
        if message.delivery == Delivery.SENDING:
            return
        if message.delivery != Delivery.FAILED:
            raise Refusal("Only a reply that failed can be tried again.", field="message")
        _check(conversation, message.content)
        moment = _now_in(conversation)
        session.execute(
            update(Message)
            .where(Message.id == message.id, Message.delivery == Delivery.FAILED)
            .values(
                delivery=Delivery.SENDING,
                error_code=None,
                error_message=None,
                lease_until=None,
                **_moments(moment),
            )
            .execution_options(synchronize_session=False)
        )
        _show_as_last(conversation, message.content, moment)
        announce(messages=[message.id], conversations=[conversation.id])
        enqueue("outgoing", "workers.outgoing.send_message", message.id)


def _check(conversation: Conversation, text: str) -> None:
    problem = text_problem(text, conversation.platform)
    if problem is not None:
        raise Refusal(problem, field="text")
    page = conversation.facebook_page
    if page.needs_reconnect:
        raise Refusal(MUST_RECONNECT, field="conversation")
    window = reply_window(
        conversation.last_incoming_at, datetime.now(UTC), has_human_agent=page.has_human_agent
    )
    if not window.open:
        raise Refusal(window.reason, field="conversation")


def _insert(
    conversation: Conversation, text: str, client_message_id: str | None, by: User
) -> int | None:
    moment = _now_in(conversation)
    statement = insert(Message).values(
        organization_id=conversation.organization_id,
        facebook_page_id=conversation.facebook_page_id,
        conversation_id=conversation.id,
        direction=Direction.OUTGOING,
        kind=MessageKind.MESSAGE,
        content=text,
        delivery=Delivery.SENDING,
        author_id=by.id,
        client_message_id=client_message_id,
        **_moments(moment),
    )
    same = ["conversation_id", "client_message_id"]
    message_id = db.session.scalar(
        statement.on_conflict_do_nothing(index_elements=same).returning(Message.id)
    )
    if message_id is not None:
        _show_as_last(conversation, text, moment)
    return message_id


def _with_client_id(conversation: Conversation, client_message_id: str | None) -> int | None:
    if client_message_id is None:
        return None
    return db.session.scalar(
        select(Message.id).where(
            Message.conversation_id == conversation.id,
            Message.client_message_id == client_message_id,
        )
    )


def _now_in(conversation: Conversation) -> datetime:
    """The database's time, but after what the reply answers: the customer's messages carry Meta's
    time, which may be ahead of ours. The echo brings Meta's time for the reply too."""
    after_last = conversation.last_message_at + timedelta(milliseconds=1)
    moment = db.session.scalar(select(func.greatest(outgoing.now(), after_last)))
    return cast("datetime", moment)


def _moments(moment: datetime) -> dict[str, object]:
    return {
        "sent_at": moment,
        "queued_at": outgoing.now(),
        "send_due_at": outgoing.now() + outgoing.UNCLAIMED_AFTER,
    }


def _show_as_last(conversation: Conversation, text: str, moment: datetime) -> None:
    conversation.last_message_at = moment
    conversation.last_message_snippet = shortened(text)
    conversation.last_message_direction = Direction.OUTGOING
