"""The review queue: moves of which the AI was not sure enough."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.analysis import Analysis
from inbox.models.base import Base, created_at
from inbox.models.contact import Contact
from inbox.models.pipeline import PipelineStage


class MoveStatus(StrEnum):
    """`CHANGED`: a person chose another stage. `OUTDATED`: the contact was moved or analysed
    again, or the stage deleted, before anyone decided."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    CHANGED = "CHANGED"
    REJECTED = "REJECTED"
    OUTDATED = "OUTDATED"


class StageMove(Base):
    """`from_stage_id` is null for a contact that stood nowhere; both are null once the stage is
    deleted. At most one of a contact is waiting."""

    __tablename__ = "stage_moves"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
        Index(
            "uq_stage_moves_waiting",
            "contact_id",
            unique=True,
            postgresql_where=text("status = 'WAITING'"),
        ),
        Index(
            "ix_stage_moves_queue",
            "organization_id",
            text("id DESC"),
            postgresql_where=text("status = 'WAITING'"),
        ),
        Index("ix_stage_moves_contact", "contact_id", text("id DESC")),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analyses.id"))
    ai_run_id: Mapped[int | None] = mapped_column(ForeignKey("ai_runs.id"))
    from_stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("pipeline_stages.id", ondelete="SET NULL")
    )
    to_stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("pipeline_stages.id", ondelete="SET NULL")
    )
    confidence: Mapped[int] = mapped_column(Integer)
    status: Mapped[MoveStatus] = mapped_column(server_default="WAITING")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql")
    analysis: Mapped[Analysis] = relationship(lazy="raise_on_sql")
    from_stage: Mapped[PipelineStage | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[from_stage_id]
    )
    to_stage: Mapped[PipelineStage | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[to_stage_id]
    )
