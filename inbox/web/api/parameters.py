"""Query parameters and ids in bodies, read strictly: a value that cannot be meant is named, not
guessed."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import request

from inbox.models.keyset import BadCursorError, Position
from inbox.web.errors import Invalid

E = TypeVar("E", bound=StrEnum)


LONGEST_NUMBER = 19  # digits; Python refuses to read thousands of them


def limit(default: int, most: int) -> int:
    raw = request.args.get("limit", str(default))
    is_number = raw.isascii() and raw.isdigit() and len(raw) < LONGEST_NUMBER
    if not is_number or not 1 <= int(raw) <= most:
        raise Invalid(limit=f"limit must be a whole number from 1 to {most}.")
    return int(raw)


def cursor(name: str) -> Position | None:
    raw = request.args.get(name)
    try:
        return Position.decode(raw) if raw else None
    except BadCursorError:
        raise Invalid(**{name: f"{name} must be a nextCursor of an earlier answer."}) from None


def choice(name: str, choices: type[E]) -> E | None:
    raw = request.args.get(name)
    if not raw:
        return None
    try:
        return choices(raw)
    except ValueError:
        raise Invalid(**{name: f"{name} must be one of {', '.join(choices)}."}) from None


def key(name: str) -> int | None:
    raw = request.args.get(name)
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise Invalid(**{name: f"{name} must be an id."})
    return int(raw)


def flag(name: str) -> bool:
    return request.args.get(name, "").lower() in ("1", "true", "yes")


def json_object() -> dict[str, object]:
    """The JSON object of the body; raises `Invalid` for anything else."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # nested deeper than Python reads
        body = None
    if not isinstance(body, dict):
        raise Invalid(body="Send a JSON object.")
    return body


def id_in(body: dict[str, object], name: str, what: str) -> str:
    """An id, as a string or an integer, of which `access` says whether it names anything. Raises
    `Invalid`; `what` is such as "a stage"."""
    value = body.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Invalid(**{name: f"{name} must be the id of {what}."})
    return str(value)


def key_in(body: dict[str, object], name: str, what: str = "an id") -> int:
    """The same as a number, for what is only compared. Raises `Invalid`."""
    return key_of(body.get(name), name, what)


def key_of(value: object, name: str, what: str = "an id") -> int:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdigit() or len(text) >= LONGEST_NUMBER:
        raise Invalid(**{name: f"{name} must be {what}."})
    return int(text)
