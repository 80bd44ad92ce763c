"""Meta's law for reading conversations: 2 calls a second per Page, and 2 per Instagram account
(META_PLATFORM.md §5), shared by all workers through Redis."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

import redis

from inbox.meta.usage import Usage

log = logging.getLogger(__name__)

FOR_EVER = 1e9
SLOW_FROM = 80  # percent of the allowance Meta says we have used

# The next free moment of the account, by Redis's clock; answers how long to wait for it. ARGV: how
# long this turn takes; how long nobody may have one, because Meta said so; from which wait on the
# turn is not taken.
RESERVE = """
local now = redis.call('TIME')
local here = now[1] + now[2] / 1000000
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local at = math.max(here + tonumber(ARGV[2]), free)
local after = at + tonumber(ARGV[1])
if at - here > tonumber(ARGV[3]) then return string.format('%.6f', at - here) end
redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.ceil((after - here) * 1000) + 1)
return string.format('%.6f', at - here)
"""


@dataclass
class Law:
    """The turns of one account. While Redis is away each worker keeps the law for itself. One
    object serves all threads."""

    client: redis.Redis
    account: str
    calls_per_second: float
    _slowness: float = 1.0
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_seconds(self, at_most: float = FOR_EVER) -> float:
        """Takes the next turn and says how long it is until then. A turn that is further away than
        `at_most` is left to others."""
        return self._reserve(self._slowness / self.calls_per_second, at_most=at_most)

    def close(self, seconds: float) -> None:
        """Meta takes no calls for so long: nobody gets a turn until then."""
        self._reserve(0.0, closed=seconds)

    def heed(self, usage: Usage) -> None:
        """The fuller Meta says our allowance is, the slower we go: up to four times."""
        over = max(0.0, usage.percent - SLOW_FROM) / (100 - SLOW_FROM)
        self._slowness = 1.0 + 3.0 * min(over, 1.0)

    def _reserve(self, takes: float, closed: float = 0.0, at_most: float = FOR_EVER) -> float:
        try:
            key = f"inbox-law:{self.account}"
            return float(self.client.eval(RESERVE, 1, key, takes, closed, at_most))
        except redis.RedisError as error:
            log.debug("Redis is away, keeping the law alone: %s", error)
        with self._lock:
            now = time.monotonic()
            at = max(now + closed, self._free_at)
            if at - now <= at_most:
                self._free_at = at + takes
            return at - now
