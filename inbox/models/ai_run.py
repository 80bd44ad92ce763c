"""A batch of analyses: a bulk run over a filter, or those of one sync."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Select, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from inbox.models.base import Base, Versioned, created_at
from inbox.models.contact_activity import ActivityType, ContactActivity
from inbox.models.user import User


class AiRunKind(StrEnum):
    BULK = "BULK"
    SYNC = "SYNC"


class AiRunStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class AiRun(Versioned, Base):
    """`total` contacts, of which `analyzed` are done (with or without a call) and `moved` changed
    their stage. `filter` is the list's, as in its address. Its moves can be undone once
    (`undone_at`)."""

    __tablename__ = "ai_runs"
    __table_args__ = (
        Index("ix_ai_runs_organization", "organization_id", text("id DESC")),
        Index(
            "uq_ai_runs_sync_job",
            "sync_job_id",
            unique=True,
            postgresql_where=text("sync_job_id IS NOT NULL"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[AiRunKind]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sync_job_id: Mapped[int | None] = mapped_column(ForeignKey("sync_jobs.id"))
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    status: Mapped[AiRunStatus] = mapped_column(server_default="RUNNING")
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    analyzed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    moved: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    completed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = created_at()

    started_by: Mapped[User | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[started_by_id]
    )

    @classmethod
    def moved_so_far(cls) -> Any:
        """For an UPDATE of runs: how many contacts the activities name, those too of which people
        accepted the move. It never falls: two who count at once may not see each other's move."""
        moves = select(func.count(ContactActivity.contact_id.distinct())).where(
            ContactActivity.ai_run_id == cls.id, ContactActivity.type == ActivityType.STAGE_CHANGED
        )
        return func.greatest(cls.moved, moves.correlate(cls).scalar_subquery())

    @classmethod
    def newest_of(cls, organization_id: int) -> Select[AiRun]:
        """Newest first, with whoever started it; those in which there was nobody are left out."""
        rows = select(cls).where(cls.organization_id == organization_id, cls.total > 0)
        return rows.options(joinedload(cls.started_by)).order_by(cls.id.desc())
