"""A few words about an event that nobody could understand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MOST_RAW = 4000
MOST_TEXT = 140
# Every event has these; the key that is left says what kind it is.
COMMON = {"sender", "recipient", "timestamp"}


@dataclass(frozen=True)
class Summary:
    """`title` is the kind in Meta's word; `text` the message, if there is one; `raw` the body."""

    title: str
    text: str
    raw: str


def summary(body: bytes) -> Summary:
    raw = body[:MOST_RAW].decode("utf-8", "replace").replace("\x00", "\ufffd")
    try:
        event = _event(json.loads(body))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return Summary("Unreadable", "", raw)
    kind = next((key for key in event if key not in COMMON), "Event")
    content = event.get(kind)
    text = content.get("text") if isinstance(content, dict) else None
    return Summary(_clean(kind, 40), _clean(text, MOST_TEXT), raw)


def _event(delivery: Any) -> dict[str, Any]:
    """The only event of a delivery, whichever list holds it; raises when it is shaped otherwise."""
    entry = delivery["entry"][0]
    lists = (value for value in entry.values() if isinstance(value, list))
    event = next(lists, [None])[0]
    if not isinstance(event, dict):
        raise TypeError("not an event")
    return event


def _clean(value: object, most: int) -> str:
    """A lone surrogate could not be sent to the browser."""
    if not isinstance(value, str):
        return ""
    text = value.encode("utf-8", "replace").decode().replace("\x00", "")
    return text if len(text) <= most else text[: most - 1] + "…"
