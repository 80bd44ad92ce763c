"""One finished analysis of a contact; together they are the history of the score."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class LeadStatus(StrEnum):
    NEW = "NEW"
    CONTACTED = "CONTACTED"
    QUALIFIED = "QUALIFIED"
    CONVERTED = "CONVERTED"
    LOST = "LOST"


class AnalysisKind(StrEnum):
    """`FULL` is for contacts of a Page that has an auto-pipeline."""

    SUMMARY = "SUMMARY"
    FULL = "FULL"


class Analysis(Base):
    """`input_hash` covers all that went in: messages, stages, prompt version, model, language and
    kind. A contact has one result for each, of AI and by the rules, so that an unchanged thread is
    neither asked about again nor its answer stored twice.

    `recommended_stage` is the stage's name as it was given back. `model` is null and `key_number`
    (which key of the pool, 1 to 8; never the key) too where the rules did it (`used_fallback`);
    `retry_count` says how often AI was tried in vain. `evidence_ids` are ids of messages."""

    __tablename__ = "analyses"
    __table_args__ = (
        UniqueConstraint("contact_id", "input_hash", "used_fallback"),
        CheckConstraint("lead_score BETWEEN 0 AND 100", name="lead_score"),
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
        CheckConstraint("key_number BETWEEN 1 AND 8", name="key_number"),
        Index("ix_analyses_contact", "contact_id", text("created_at DESC"), text("id DESC")),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    kind: Mapped[AnalysisKind]
    input_hash: Mapped[str]
    prompt_version: Mapped[str]
    model: Mapped[str | None]
    summary: Mapped[str]
    recommended_stage: Mapped[str | None]
    lead_score: Mapped[int | None] = mapped_column(Integer)
    lead_status: Mapped[LeadStatus | None]
    confidence: Mapped[int | None] = mapped_column(Integer)
    reasoning: Mapped[str | None]
    evidence_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    used_fallback: Mapped[bool] = mapped_column(server_default=text("false"))
    retry_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    key_number: Mapped[int | None] = mapped_column(Integer)
    input_tokens: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    output_tokens: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = created_at()

    @classmethod
    def newest_of(cls, contact_id: int) -> Select[Analysis]:
        """Newest first."""
        rows = select(cls).where(cls.contact_id == contact_id)
        return rows.order_by(cls.created_at.desc(), cls.id.desc())
