"""Lists of what happened, which do not grow for ever."""

from typing import TypeVar

KEPT = 20_000
"""So many rows are remembered; a demo may run for days."""
Row = TypeVar("Row")


def remember(rows: list[Row], row: Row) -> None:
    """Add the row; when there are too many, the oldest tenth is forgotten."""
    rows.append(row)
    if len(rows) > KEPT:
        del rows[: KEPT // 10]
