"""Time as the pretend Meta sees it: the machine's clock plus what a test has skipped."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

SECOND_MS = 1000
HOUR_MS = 3600 * SECOND_MS
DAY_MS = 24 * HOUR_MS


class Clock:
    def __init__(self) -> None:
        self._skipped_ms = 0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def now_ms(self) -> int:
        """Milliseconds since 1970, as in webhook timestamps."""
        return int(time.time() * 1000) + self._skipped_ms

    def advance(self, seconds: float) -> None:
        """Skip time (backwards if negative); what falls due by it happens at once."""
        with self._lock:
            self._skipped_ms += int(seconds * 1000)
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def on_advance(self, listener: Callable[[], None]) -> None:
        with self._lock:
            self._listeners.append(listener)


def graph_time(milliseconds: int) -> str:
    """`2026-10-01T09:30:11+0000`: whole seconds, offset without a colon (Graph API)."""
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
