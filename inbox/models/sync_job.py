"""One run of a page sync: its state, what it has done, and where it goes on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, Select, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, Versioned, created_at
from inbox.models.facebook_page import FacebookPage, Platform
from inbox.models.user import User


class SyncStatus(StrEnum):
    """`IN_PROGRESS` also while Meta makes it wait; `PAUSED` only by a person; `FAILED` is final:
    a retry is a new job that goes on from the old one's checkpoint."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ACTIVE = (SyncStatus.PENDING, SyncStatus.IN_PROGRESS, SyncStatus.PAUSED)


class SyncKind(StrEnum):
    """`CHANGES`: what changed since the last sync. `FAILED`: the threads that failed in another
    job (`resumed_from_id`)."""

    EVERYTHING = "EVERYTHING"
    CHANGES = "CHANGES"
    LAST_DAYS = "LAST_DAYS"
    FAILED = "FAILED"


class SyncJob(Versioned, Base):
    """`since`: threads last updated before it are left out; null takes all. `checkpoint` is, for
    each platform, `{"began": when, "after": Meta's cursor, "updated": the last thread's time (and
    `updatedIds`: which), "done": bool, "isTopped": was the top of the list read again}`, and
    `since` where that differs from the job's.
    `lease_until` (by the database's clock) and `attempt` fence the worker that runs it."""

    __tablename__ = "sync_jobs"
    __table_args__ = (
        Index(
            "uq_sync_jobs_active",
            "facebook_page_id",
            unique=True,
            postgresql_where=text("status IN ('PENDING', 'IN_PROGRESS', 'PAUSED')"),
        ),
        Index("ix_sync_jobs_page", "facebook_page_id", text("id DESC")),
        Index("ix_sync_jobs_changes", "organization_id", "changed_xid"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resumed_from_id: Mapped[int | None] = mapped_column(ForeignKey("sync_jobs.id"))
    kind: Mapped[SyncKind]
    since: Mapped[datetime | None]
    status: Mapped[SyncStatus] = mapped_column(server_default="PENDING")
    total_contacts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    synced_contacts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    failed_contacts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    new_contacts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    synced_messages: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    new_messages: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    recovered_messages: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    analyzed_total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    analyzed_done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    graph_calls: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    token_expired: Mapped[bool] = mapped_column(server_default=text("false"))
    failure: Mapped[str | None]
    waiting_until: Mapped[datetime | None]
    waiting_reason: Mapped[str | None]
    checkpoint: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    enqueue_due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    facebook_page: Mapped[FacebookPage] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
    resumed_from: Mapped[SyncJob | None] = relationship(
        lazy="raise_on_sql", remote_side="SyncJob.id"
    )

    @property
    def duration_seconds(self) -> float | None:
        """From its start to its end, pauses and all; null while it runs."""
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @classmethod
    def active(cls) -> ColumnElement[bool]:
        """As the unique index has it: at most one per page."""
        return cls.status.in_(ACTIVE)

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """For a worker: nobody has it, or its worker has died."""
        has_died = (cls.status == SyncStatus.IN_PROGRESS) & (cls.lease_until < func.now())
        return (cls.status == SyncStatus.PENDING) | has_died

    @classmethod
    def newest_of_page(cls, facebook_page_id: int) -> Select[SyncJob]:
        rows = select(cls).where(cls.facebook_page_id == facebook_page_id)
        return rows.order_by(cls.id.desc()).limit(1)


class SyncError(Base):
    """One thread or contact that could not be synced; the rest went on. `thread_id` is Meta's."""

    __tablename__ = "sync_errors"

    sync_job_id: Mapped[int] = mapped_column(ForeignKey("sync_jobs.id"), index=True)
    platform: Mapped[Platform]
    thread_id: Mapped[str]
    name: Mapped[str | None]
    error: Mapped[str]
    code: Mapped[str | None]
    created_at: Mapped[datetime] = created_at()
