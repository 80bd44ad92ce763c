"""What every shape is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Shape = dict[str, Any]


def timestamp(moment: datetime | None) -> str | None:
    """`2026-11-20T12:00:00.000Z`, or null."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def key(row_id: int | None) -> str | None:
    """Ids go out as strings: JavaScript's numbers end before ours."""
    return None if row_id is None else str(row_id)
