"""What waits to be analysed: at most one request per contact, deleted when it is done."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.contact import Contact


class AnalysisReason(StrEnum):
    """`QUIET`: a live conversation fell quiet. `RETRY_AI`: the rules stood in for the AI."""

    SYNC = "SYNC"
    QUIET = "QUIET"
    ASKED = "ASKED"
    BULK = "BULK"
    WEEKLY = "WEEKLY"
    RETRY_AI = "RETRY_AI"


class Priority(IntEnum):
    """Lower goes first: a person waits for the first."""

    ASKED = 0
    QUIET = 1
    SYNC = 2
    LATER = 3


class AnalysisRequest(Base):
    """`lease_until` (by the database's clock) and `attempt` fence the worker that has it in hand.

    Its result is applied in one transaction, which begins by locking the row with the `attempt`
    (and `due_at`) it was taken with, and ends by deleting it: who finds no such row applies
    nothing. New messages meanwhile have moved `due_at`: then the row stays, its lease is given
    back, and the contact comes up again. `tries`: how often AI was tried in vain."""

    __tablename__ = "analysis_requests"
    __table_args__ = (
        # What is next: for each priority, what has been due for longest.
        Index("ix_analysis_requests_due", "priority", "due_at"),
        Index(
            "ix_analysis_requests_run",
            "ai_run_id",
            postgresql_where=text("ai_run_id IS NOT NULL"),
        ),
        Index(
            "ix_analysis_requests_sync",
            "sync_job_id",
            postgresql_where=text("sync_job_id IS NOT NULL"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    reason: Mapped[AnalysisReason]
    priority: Mapped[int] = mapped_column(Integer, server_default=text("3"))
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sync_job_id: Mapped[int | None] = mapped_column(ForeignKey("sync_jobs.id"))
    ai_run_id: Mapped[int | None] = mapped_column(ForeignKey("ai_runs.id"))
    created_at: Mapped[datetime] = created_at()

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")

    @classmethod
    def due(cls, priority: Priority) -> ColumnElement[bool]:
        """May be taken in hand; an equality on the priority lets the index find them in order."""
        is_free = cls.lease_until.is_(None) | (cls.lease_until < func.now())
        return (cls.priority == priority) & (cls.due_at <= func.now()) & is_free
