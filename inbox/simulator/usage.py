"""The headers that tell clients how much of their allowance is used (META_PLATFORM §5)."""

import json
import threading
from collections import Counter

from inbox.simulator.clock import HOUR_MS
from inbox.simulator.graph_errors import GraphError
from inbox.simulator.limits import Limits

MINUTE_MS = HOUR_MS // 60
BUSINESS_TYPES = {80001: "pages", 80002: "instagram", 80006: "messenger"}


class Usage:
    """Calls of the last hour, for each Page and each Instagram account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minutes: dict[str, Counter[int]] = {}

    def count(self, owner: str, now_ms: int) -> int:
        """Add a call; answers how many there were in the last hour."""
        minute = now_ms // MINUTE_MS
        with self._lock:
            minutes = self._minutes.setdefault(owner, Counter())
            minutes[minute] += 1
            for old in [each for each in minutes if each <= minute - 60]:
                del minutes[old]
            return minutes.total()

    def forget(self) -> None:
        with self._lock:
            self._minutes.clear()


def usage_headers(
    owner: str, kind: str, calls: int, limits: Limits, error: GraphError | None
) -> dict[str, str]:
    """X-App-Usage and X-Business-Use-Case-Usage; 100 % only beside a refusal, or if so set."""
    minutes = error.regain_access_minutes if error else 0
    percent = 100 if minutes else min(99, calls * 100 // max(1, limits.calls_per_hour))
    percent = percent if limits.shown_usage is None else limits.shown_usage
    counts = {"call_count": percent, "total_time": percent, "total_cputime": percent // 2}
    kind = BUSINESS_TYPES.get(error.code if error else 0, kind)
    business = {"type": kind, **counts, "estimated_time_to_regain_access": minutes}
    return {
        "X-App-Usage": json.dumps(counts),
        "X-Business-Use-Case-Usage": json.dumps({owner: [business]}),
    }
