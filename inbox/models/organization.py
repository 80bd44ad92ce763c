"""The tenant: every row of people's data belongs to one, and nothing crosses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class Organization(Base):
    """`ai_daily_cap`: requests per UTC day. `ai_model`: null is the configured one. `ai_language`:
    of summaries, a language tag such as "en"; null is the customer's. Moves of less confidence
    than `ai_review_below` wait for a person; 0: none do."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint("ai_daily_cap >= 0", name="ai_daily_cap"),
        CheckConstraint("ai_review_below BETWEEN 0 AND 100", name="ai_review_below"),
    )

    name: Mapped[str]
    ai_daily_cap: Mapped[int] = mapped_column(Integer, server_default=text("2000"))
    ai_model: Mapped[str | None]
    ai_language: Mapped[str | None]
    ai_review_below: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = created_at()
