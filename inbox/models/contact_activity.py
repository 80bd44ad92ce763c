"""The audit trail of a contact: what happened, and who did it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.user import User


class ActivityType(StrEnum):
    STAGE_CHANGED = "STAGE_CHANGED"
    SCORED = "SCORED"
    PINNED = "PINNED"
    UNPINNED = "UNPINNED"
    EDITED = "EDITED"
    TAGGED = "TAGGED"
    UNTAGGED = "UNTAGGED"
    NOTE = "NOTE"
    ASSIGNED = "ASSIGNED"
    MERGED = "MERGED"
    UNMERGED = "UNMERGED"


class ContactActivity(Base):
    """`user_id` is null when no person did it (AI, or the system). `ai_run_id`: the batch of AI
    moves that it belongs to, by which they are undone. `title` is for people; `details` holds the
    rest, for a STAGE_CHANGED `{"from": {"id", "name", "pipelineId"} | null, "to": the same,
    "confidence", "recommendation", "reasoning"}` (ids as strings)."""

    __tablename__ = "contact_activities"
    __table_args__ = (
        Index(
            "ix_contact_activities_contact",
            "contact_id",
            text("created_at DESC"),
            text("id DESC"),
        ),
        # Who undoes a batch looks here.
        Index(
            "ix_contact_activities_run",
            "ai_run_id",
            "id",
            postgresql_where=text("ai_run_id IS NOT NULL"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ai_run_id: Mapped[int | None] = mapped_column(ForeignKey("ai_runs.id"))
    type: Mapped[ActivityType]
    title: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()

    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
