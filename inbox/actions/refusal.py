"""What an action answers when the state of things forbids it."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The message is for the person who asked; `field` names the input it is about, if one is."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(Refusal):
    """Somebody else was there first: what was asked about is gone, or another's now."""
