"""One auto-fetch of a new contact, made by the webhook."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.contact import Contact
from inbox.models.facebook_page import Platform


class FetchStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


UNDER_WAY = (FetchStatus.PENDING, FetchStatus.RUNNING)


class FetchJob(Base):
    """Profile, picture and older messages of a person who wrote for the first time. `message` is
    for people: "New message from …"."""

    __tablename__ = "fetch_jobs"
    __table_args__ = (
        Index("ix_fetch_jobs_organization", "organization_id", text("id DESC")),
        Index(
            "ix_fetch_jobs_under_way",
            "id",
            postgresql_where=text("status IN ('PENDING', 'RUNNING')"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    platform: Mapped[Platform]
    status: Mapped[FetchStatus] = mapped_column(server_default="PENDING")
    message: Mapped[str | None]
    error: Mapped[str | None]
    new_messages: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")
