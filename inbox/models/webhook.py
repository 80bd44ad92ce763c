"""What Meta delivered, and the events of it that could not be taken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class WebhookDelivery(Base):
    """The raw body of one delivery. It is the operator's (no organization) and pruned after
    7 days."""

    __tablename__ = "webhook_deliveries"

    object: Mapped[str | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"), index=True)


class FailureStatus(StrEnum):
    FAILED = "FAILED"
    REPLAYED = "REPLAYED"
    DISMISSED = "DISMISSED"


class WebhookFailure(Base):
    """One event that could not be taken, with its reason. `body` is a delivery that holds only
    it, so a replay is a delivery like any other. Without an organization (a body that could not
    be read, or of an unknown Page) it is the operator's alone."""

    __tablename__ = "webhook_failures"
    __table_args__ = (
        Index("ix_webhook_failures_organization", "organization_id", text("id DESC")),
    )

    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int | None] = mapped_column(ForeignKey("facebook_pages.id"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    status: Mapped[FailureStatus] = mapped_column(server_default="FAILED")
    created_at: Mapped[datetime] = created_at()
    replayed_at: Mapped[datetime | None]

    @classmethod
    def open_in(cls, organization_id: int) -> Select[WebhookFailure]:
        """Neither replayed nor dismissed, the newest first."""
        mine = (cls.organization_id == organization_id, cls.status == FailureStatus.FAILED)
        return select(cls).where(*mine).order_by(cls.id.desc())


class EarlyEvent(Base):
    """A reaction, edit, unsend or receipt that came before its message, as events may (Meta
    promises no order after a failure). It is applied when the message comes; pruned like
    deliveries."""

    __tablename__ = "early_events"
    __table_args__ = (Index("ix_early_events_mid", "facebook_page_id", "mid"),)

    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    mid: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = created_at()
