"""Reading single fields of a webhook, with clear reasons when they are not what they must be.

Ids and timestamps arrive as JSON numbers or strings; timestamps mostly in milliseconds, in some
hooks and in the dashboard's test in seconds (META_PLATFORM.md §1.2).
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

SECONDS_BELOW = 100_000_000_000
EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)  # Facebook's first year
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_ID = 1000
SURROGATE = re.compile("[\ud800-\udfff]")


class MalformedEventError(ValueError):
    """The event cannot be taken; the message says which field is wrong and how."""


def a_dict(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedEventError(f"{name} is not an object")
    return value


def a_list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedEventError(f"{name} is not a list")
    return value


def an_id(value: Any, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise MalformedEventError(f"{name} is missing or no id")
    text = str(value)
    if len(text) > LONGEST_ID or "\x00" in text:
        raise MalformedEventError(f"{name} is no id")
    return clean(text, name)


def an_optional_id(value: Any, name: str) -> str | None:
    return None if value is None else an_id(value, name)


def a_text(value: Any, name: str) -> str:
    """A string without NUL, which PostgreSQL cannot hold; "" when it is absent."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedEventError(f"{name} is not a text")
    return clean(value, name)


def clean(text: str, name: str) -> str:
    if SURROGATE.search(text):
        raise MalformedEventError(f"{name} holds half a character (a lone surrogate)")
    return text.replace("\x00", "")


def a_moment(value: Any, name: str) -> datetime:
    try:
        number = int(value)
        moment = datetime.fromtimestamp(number if number < SECONDS_BELOW else number / 1000, tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise MalformedEventError(f"{name} is no time") from error
    if not EARLIEST < moment < LATEST:
        raise MalformedEventError(f"{name} is no time")
    return moment


def a_plain_value(value: Any, name: str) -> Any:
    """Any JSON value, fit to be stored: checked for what PostgreSQL's jsonb refuses."""
    if isinstance(value, str):
        return clean(value, name)
    if isinstance(value, dict):
        return {clean(str(k), name): a_plain_value(v, name) for k, v in value.items()}
    if isinstance(value, list):
        return [a_plain_value(item, name) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise MalformedEventError(f"{name} holds a number that is none")
    return value


def repaired(value: Any) -> Any:
    """The same JSON value with half characters replaced by U+FFFD."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {repaired(k): repaired(v) for k, v in value.items()}
    return [repaired(item) for item in value] if isinstance(value, list) else value


def quotable(text: str) -> str:
    """What Meta sent, as part of a reason: PostgreSQL refuses half characters and NUL."""
    return SURROGATE.sub("\ufffd", text).replace("\x00", "\ufffd")


def is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects stand in each other more than `most` levels deep; looks level by
    level, because recursion is what deep nesting breaks."""
    level = [value]
    for _ in range(most + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        if not inner:
            return False
        level = inner
    return True
