"""The tenant: every row of people's data belongs to one, and nothing crosses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from inbox.models.base import Base, created_at


class Organization(Base):
    __tablename__ = "organizations"

    name: Mapped[str]
    created_at: Mapped[datetime] = created_at()
