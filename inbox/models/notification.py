"""What an organization's admins should know: the bell in the top bar."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class NotificationKind(StrEnum):
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a word, no password
    TOKEN_EXPIRES = "TOKEN_EXPIRES"  # noqa: S105 - a word, no password
    DATA_ACCESS_EXPIRES = "DATA_ACCESS_EXPIRES"
    PERMISSION_LOST = "PERMISSION_LOST"
    RESUBSCRIBED = "RESUBSCRIBED"
    SYNC_FAILED = "SYNC_FAILED"
    RECOVERED = "RECOVERED"
    AI_KEY_INVALID = "AI_KEY_INVALID"


class Notification(Base):
    """`topic` keeps the same thing from being told twice while it lasts: it is unique within the
    organization. What one admin has read, all have: it is about the team's work."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("organization_id", "topic"),
        Index("ix_notifications_organization", "organization_id", text("id DESC")),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int | None] = mapped_column(ForeignKey("facebook_pages.id"))
    kind: Mapped[NotificationKind]
    topic: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    link: Mapped[str | None]
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    @classmethod
    def newest_of(cls, organization_id: int) -> Select[Notification]:
        rows = select(cls).where(cls.organization_id == organization_id)
        return rows.order_by(cls.id.desc())

    @classmethod
    def count_unread(cls, organization_id: int) -> Select[int]:
        unread = (cls.organization_id == organization_id) & cls.read_at.is_(None)
        return select(func.count()).select_from(cls).where(unread)
