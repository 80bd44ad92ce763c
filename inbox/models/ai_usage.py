"""What an organization has asked of the AI, by day and key: for the cap and the settings."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Select, UniqueConstraint, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base


class AiUsage(Base):
    """`day` is UTC. `requests` counts all that were sent, `failures` those of them that brought no
    result."""

    __tablename__ = "ai_usage"
    __table_args__ = (
        UniqueConstraint("organization_id", "day", "key_number"),
        CheckConstraint("key_number BETWEEN 1 AND 8", name="key_number"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    day: Mapped[date]
    key_number: Mapped[int] = mapped_column(Integer)
    requests: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    input_tokens: Mapped[int] = mapped_column(server_default=sql("0"))
    output_tokens: Mapped[int] = mapped_column(server_default=sql("0"))
    failures: Mapped[int] = mapped_column(Integer, server_default=sql("0"))

    @classmethod
    def requests_on(cls, organization_id: int, day: date) -> Select[int]:
        """How many of the day's cap are used."""
        spent = (cls.organization_id == organization_id) & (cls.day == day)
        return select(func.coalesce(func.sum(cls.requests), 0)).where(spent)
