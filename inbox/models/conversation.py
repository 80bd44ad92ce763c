"""One thread with one contact on one platform, and who has held it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.extensions import db
from inbox.models.base import Base, Versioned, created_at
from inbox.models.contact import Contact
from inbox.models.facebook_page import FacebookPage, Platform
from inbox.models.user import User


class ConversationStatus(StrEnum):
    OPEN = "OPEN"
    PENDING = "PENDING"
    SNOOZED = "SNOOZED"
    RESOLVED = "RESOLVED"


class History(StrEnum):
    """How much of the thread a sync could bring: all of it, only Meta's 20 newest (its limit), or
    it failed."""

    COMPLETE = "COMPLETE"
    NEWEST_ONLY = "NEWEST_ONLY"
    FAILED = "FAILED"


class Conversation(Versioned, Base):
    """The list row is kept here whole, so that the list reads no messages.

    `unread_count` is the team's. `last_incoming_at` opens the reply window.
    `contact_read_at` and `contact_delivered_at` are Meta's watermarks for what we sent.
    `thread_id` is Meta's, known after a sync; `history` is null until one has read the thread.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("contact_id", "platform"),
        Index(
            "ix_conversations_list",
            "organization_id",
            text("last_message_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_conversations_assignee",
            "assignee_id",
            text("last_message_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_conversations_page",
            "facebook_page_id",
            text("last_message_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_conversations_unread",
            "organization_id",
            text("last_message_at DESC"),
            text("id DESC"),
            postgresql_where=text("unread_count > 0"),
        ),
        Index(
            "ix_conversations_unassigned",
            "organization_id",
            text("last_message_at DESC"),
            text("id DESC"),
            postgresql_where=text("assignee_id IS NULL"),
        ),
        Index("ix_conversations_changes", "organization_id", "changed_xid"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    platform: Mapped[Platform]
    status: Mapped[ConversationStatus] = mapped_column(server_default="OPEN")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    unread_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_message_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    last_message_snippet: Mapped[str] = mapped_column(server_default="")
    last_message_direction: Mapped[str] = mapped_column(server_default="INCOMING")
    last_incoming_at: Mapped[datetime | None]
    contact_read_at: Mapped[datetime | None]
    contact_delivered_at: Mapped[datetime | None]
    thread_id: Mapped[str | None]
    history: Mapped[History | None]
    created_at: Mapped[datetime] = created_at()

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")
    facebook_page: Mapped[FacebookPage] = relationship(lazy="raise_on_sql")
    assignee: Mapped[User | None] = relationship(lazy="raise_on_sql")

    @classmethod
    def visible_to(cls, user: User) -> ColumnElement[bool]:
        """What this user may see: an admin all of the organization, an agent what is assigned to
        them."""
        own = cls.organization_id == user.organization_id
        return own if user.is_admin else own & (cls.assignee_id == user.id)

    @classmethod
    def of_thread(cls, platform: str, account_id: str, person_id: str) -> ColumnElement[bool]:
        """The conversation with this person (a PSID or IGSID) on this account of ours."""
        sid = Contact.messenger_psid if platform == Platform.FACEBOOK else Contact.instagram_sid
        contacts = (
            select(Contact.id)
            .join(Contact.facebook_page)
            .where(FacebookPage.is_account(platform, account_id), sid == person_id)
        )
        return (cls.platform == platform) & cls.contact_id.in_(contacts)

    @classmethod
    def assignees_of_contact(cls, contact_id: int) -> set[int]:
        """The people who hold a conversation with this contact."""
        query = select(cls.assignee_id).where(
            cls.contact_id == contact_id, cls.assignee_id.is_not(None)
        )
        return {user_id for user_id in db.session.scalars(query) if user_id is not None}


class ConversationAssignment(Base):
    """One hand-over. `/api/changes` tells from here what a person no longer sees."""

    __tablename__ = "conversation_assignments"
    __table_args__ = (
        Index("ix_conversation_assignments_lost", "previous_assignee_id", "changed_xid"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    previous_assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = created_at()
    changed_xid: Mapped[int] = Versioned.changed_xid
