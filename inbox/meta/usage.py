"""How much of its allowance Meta says we have used: the headers of each answer.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting (META_PLATFORM.md §5)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

THROTTLED_AT = 100  # percent


@dataclass(frozen=True)
class Usage:
    """`percent`: the fullest of all counters (100: throttled). `wait_seconds`: how long until
    calls are taken again, 0 when they are."""

    percent: float = 0
    wait_seconds: float = 0

    @property
    def is_throttled(self) -> bool:
        return self.percent >= THROTTLED_AT or self.wait_seconds > 0


def usage_of(headers: Mapping[str, str]) -> Usage:
    """Reads X-App-Usage, X-Page-Usage and X-Business-Use-Case-Usage; a header that cannot be
    understood counts as absent."""
    counters = [
        _object(headers.get("X-App-Usage")),
        _object(headers.get("X-Page-Usage")),
        *_business(_object(headers.get("X-Business-Use-Case-Usage"))),
    ]
    percents = [
        _number(counter.get(name))
        for counter in counters
        for name in ("call_count", "total_time", "total_cputime")
    ]
    waits = [_number(c.get("estimated_time_to_regain_access")) * 60 for c in counters]
    return Usage(max(percents), max(waits))


def _business(by_id: dict[str, Any]) -> list[dict[str, Any]]:
    lists = [each for each in by_id.values() if isinstance(each, list)]
    return [counter for each in lists for counter in each if isinstance(counter, dict)]


def _object(header: str | None) -> dict[str, Any]:
    try:
        value = json.loads(header or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value >= 0 else 0.0
