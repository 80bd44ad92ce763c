"""The law of the Conversations API: so many calls per second, then 80006 or 80002."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from inbox.simulator.graph_errors import rate_limit
from inbox.simulator.limits import Limits
from inbox.simulator.world import Platform

CODES: dict[Platform, int] = {"messenger": 80006, "instagram": 80002}


@dataclass
class Bucket:
    tokens: float
    at: float
    refusing_until: float = 0.0


class Law:
    """A token bucket for each Page and each Instagram account."""

    def __init__(self, limits: Callable[[], Limits]) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, Platform], Bucket] = {}

    def spend(self, page_id: str, platform: Platform) -> None:
        """Count one call (GraphError when it is one too many)."""
        limits = self._limits()
        if limits.law_per_second <= 0:
            return
        now = time.monotonic() * limits.law_scale
        with self._lock:
            bucket = self._buckets.setdefault((page_id, platform), Bucket(limits.law_burst, now))
            refilled = bucket.tokens + (now - bucket.at) * limits.law_per_second
            bucket.tokens, bucket.at = min(limits.law_burst, refilled), now
            if bucket.tokens >= 1 and now >= bucket.refusing_until:
                bucket.tokens -= 1
                return
            bucket.refusing_until = now + limits.law_penalty_s
        raise rate_limit(CODES[platform], limits.regain_minutes)

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()
