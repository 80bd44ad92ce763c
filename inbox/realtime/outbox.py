"""Between a commit and the browsers: a bounded queue and a green thread that empties it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from inbox.realtime.change import Change

LIMIT = 20_000  # changes; beyond that browsers are better served by the catch-up
ROWS_IN_A_TICK = 100
PAUSE = 0.02  # seconds between ticks, and a little more for each row that was told
PAUSE_PER_ROW = 0.0005
LONGEST_PAUSE = 0.03


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
        self._waiting: deque[Change] = deque()
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
                change = self._next()
                self._tell(change)
                is_behind = len(self._waiting) >= ROWS_IN_A_TICK
                pause = min(LONGEST_PAUSE, PAUSE + PAUSE_PER_ROW * len(change))
                self._sleep(0 if is_behind else pause)
        finally:
            self._running = False

    def _next(self) -> Change:
        batch = [self._waiting.popleft()]
        rows = len(batch[0])
        while self._waiting and rows + len(self._waiting[0]) <= ROWS_IN_A_TICK:
            batch.append(self._waiting.popleft())
            rows += len(batch[-1])
        return Change.merged(batch)
