"""Meta's law for reading conversations: 2 calls a second per Page, and 2 per Instagram account
(META_PLATFORM.md §5), shared by all workers through Redis."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

import redis

from inbox.meta.usage import Usage

log = logging.getLogger(__name__)

SLOW_FROM = 80  # percent of the allowance Meta says we have used

# The next free moment of the account, by Redis's clock; answers how long to wait for it.
RESERVE = """
local now = redis.call('TIME')
local here = now[1] + now[2] / 1000000
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local at = math.max(here, free)
redis.call('SET', KEYS[1], string.format('%.6f', at + tonumber(ARGV[1])), 'PX', 600000)
return string.format('%.6f', at - here)
"""


@dataclass
class Law:
    """The turns of one account. While Redis is away each worker keeps the law for itself."""

    client: redis.Redis
    account: str
    calls_per_second: float
    _slowness: float = 1.0
    _free_at: float = field(default=0.0)

    def wait_seconds(self) -> float:
        """Takes the next turn and says how long it is until then."""
        pause = self._slowness / self.calls_per_second
        try:
            return float(self.client.eval(RESERVE, 1, f"inbox-law:{self.account}", pause))
        except redis.RedisError as error:
            log.debug("Redis is away, keeping the law alone: %s", error)
        now = time.monotonic()
        at = max(now, self._free_at)
        self._free_at = at + pause
        return at - now

    def heed(self, usage: Usage) -> None:
        """The fuller Meta says our allowance is, the slower we go: up to four times."""
        over = max(0.0, usage.percent - SLOW_FROM) / (100 - SLOW_FROM)
        self._slowness = 1.0 + 3.0 * min(over, 1.0)
