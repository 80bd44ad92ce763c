"""Lists whose cursors lead nowhere: Meta's must not keep us going round for ever."""

from __future__ import annotations

from collections.abc import Iterable

MOST_STANDING = 10  # answers in a row that bring nothing new
IN_CIRCLES = "Its list goes round in circles."


class Path:
    """Where one has been, as hashes of what each answer holds."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._standing = 0

    def leads_on(self, marks: Iterable[int]) -> bool:
        """False once too many answers in a row, this one included, have brought nothing new."""
        fresh = set(marks) - self._seen
        self._seen |= fresh
        self._standing = 0 if fresh else self._standing + 1
        return self._standing <= MOST_STANDING
