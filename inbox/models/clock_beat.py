"""When the clock was last alive: the one row that tells a pause from a quiet night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from inbox.models.base import Base


class ClockBeat(Base):
    """There is one row, with the key `THE_ONE`."""

    __tablename__ = "clock_beats"

    beat_at: Mapped[datetime]


THE_ONE = 1
