"""One message of a thread, whoever wrote it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from inbox.models.attachment import Attachment
from inbox.models.base import Base, Versioned, created_at
from inbox.models.conversation import Conversation
from inbox.models.facebook_page import Platform
from inbox.models.user import User


class Direction(StrEnum):
    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"


class MessageKind(StrEnum):
    MESSAGE = "MESSAGE"
    NOTE = "NOTE"
    ACTIVITY = "ACTIVITY"


class Delivery(StrEnum):
    """`UNSURE`: Meta did not say whether it sent the message; only its echo or the thread can."""

    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    UNSURE = "UNSURE"


class Message(Versioned, Base):
    """`sent_at` is Meta's time and orders the thread. `mid` is Meta's id, unique within a Page.

    `extra` holds what few messages have: `quickReply`, `postback` (payloads), `referral`,
    `commands`, `isUnsupported`, `isStandby`, `appId`, `edits` (their number). `reactions` is a
    list of `{"emoji", "by", "at"}`, with a null emoji where one was taken back.
    `client_message_id` is the browser's id of a reply: a repeated one is the same message.
    `queued_at` is when a person last asked to send it and orders what waits. `lease_until` and
    `attempt` (it only grows) belong to the worker that sends it; `send_due_at` is before which
    nobody shall try, or when UNSURE look at the thread, again.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("facebook_page_id", "mid"),
        UniqueConstraint("conversation_id", "client_message_id"),
        Index("ix_messages_thread", "conversation_id", text("sent_at DESC"), text("id DESC")),
        Index("ix_messages_changes", "organization_id", "changed_xid"),
        # The sweeps over replies under way look here; it stays tiny.
        Index(
            "ix_messages_under_way",
            "id",
            postgresql_where=text("delivery IN ('SENDING', 'UNSURE')"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    mid: Mapped[str | None]
    direction: Mapped[Direction]
    kind: Mapped[MessageKind] = mapped_column(server_default="MESSAGE")
    content: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime]
    delivery: Mapped[Delivery] = mapped_column(server_default="SENT")
    reply_to_mid: Mapped[str | None]
    reactions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    extra: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    is_deleted: Mapped[bool] = mapped_column(server_default=text("false"))
    edited_at: Mapped[datetime | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    client_message_id: Mapped[str | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    queued_at: Mapped[datetime | None]
    send_due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = created_at()

    # Read with the message, not through its conversation: loading half a conversation would undo
    # what the same session has loaded of it.
    platform: Mapped[Platform] = column_property(
        select(Conversation.platform)
        .where(Conversation.id == conversation_id)
        .correlate_except(Conversation)  # also where conversations are joined
        .scalar_subquery(),
        deferred=True,
    )
    conversation: Mapped[Conversation] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list[Attachment]] = relationship(
        lazy="raise_on_sql", order_by=Attachment.position
    )
