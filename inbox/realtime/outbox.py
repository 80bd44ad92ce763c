"""Between a commit and the browsers: a bounded queue and a green thread that empties it."""

from __future__ import annotations

from collections.abc import Callable

from inbox.realtime.change import Change

LIMIT = 20_000  # changes; beyond that browsers are better served by the catch-up
TICK_MOST = 200  # changes told in one tick
PAUSE_PER_CHANGE = 0.001  # seconds, after a tick
LONGEST_PAUSE = 0.05


class Outbox:
    """Takes changes without delay and tells them in ticks: under load many changes of one
    conversation become one row, and many events one read and one message to Redis (one by one
    they cost five times as much). The more it had to tell, the longer it then gathers: a lone
    change goes out at once. `tell` never raises."""

    def __init__(
        self,
        tell: Callable[[Change], None],
        *,
        spawn: Callable[[Callable[[], None]], object],
        sleep: Callable[[float], object],
    ) -> None:
        self._tell = tell
        self._spawn = spawn
        self._sleep = sleep
        self._waiting: list[Change] = []
        self._running = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting) + self._running

    def put(self, change: Change) -> None:
        if len(self._waiting) >= LIMIT:
            self.dropped += 1
            return
        self._waiting.append(change)
        if not self._running:
            self._running = True
            self._spawn(self._drain)

    def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TICK_MOST], self._waiting[TICK_MOST:]
                self._tell(Change.merged(batch))
                self._sleep(min(LONGEST_PAUSE, PAUSE_PER_CHANGE * len(batch)))
        finally:
            self._running = False
