"""Opaque cursors over (moment, id): pages that neither skip nor repeat while rows move."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, tuple_


class BadCursorError(ValueError):
    """The cursor was not made here."""


class Position(NamedTuple):
    """The last row of a page."""

    moment: datetime
    row_id: int

    def encode(self) -> str:
        microseconds = int(self.moment.timestamp() * 1_000_000)
        return (
            base64.urlsafe_b64encode(f"{microseconds}.{self.row_id}".encode()).decode().rstrip("=")
        )

    @classmethod
    def decode(cls, cursor: str) -> Position:
        """Raises `BadCursorError`."""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            microseconds, row_id = (int(part) for part in raw.split("."))
            seconds, rest = divmod(microseconds, 1_000_000)
            moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
        except (ValueError, OverflowError, OSError, binascii.Error) as error:
            raise BadCursorError(cursor) from error
        if not 0 <= row_id < 2**63:
            raise BadCursorError(cursor)
        return cls(moment, row_id)


def before(position: Position, moment: Any, row_id: Any) -> ColumnElement[bool]:
    """Rows that come after `position` in newest-first order."""
    return tuple_(moment, row_id) < tuple_(position.moment, position.row_id)
