"""Leave to send a request, or how long to wait for it; and one worker's own count of it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

PATIENCE_SECONDS = 10.0

State = Literal["READY", "BUSY", "COOLING", "INVALID"]


@dataclass(frozen=True)
class Turn:
    """Leave to send one request now with this key. `number`: 1 to 8, its place in the
    environment."""

    key: str
    number: int
    mark: str


@dataclass(frozen=True)
class Wait:
    """No turn now. `seconds` until there may be one, null when no key is valid; `is_busy`: a key
    has merely had its requests of this minute."""

    seconds: float | None
    is_busy: bool = False

    @property
    def is_soon(self) -> bool:
        """Is it worth waiting for? Else the rules stand in."""
        return self.is_busy or (self.seconds is not None and self.seconds <= PATIENCE_SECONDS)


@dataclass(frozen=True)
class KeyState:
    """`masked` shows the last four characters. BUSY: its minute is used up. `seconds`: until it is
    ready again; `used`: requests of the last minute."""

    number: int
    masked: str
    state: State
    seconds: float
    used: int
    limit: int


@dataclass
class Alone:
    """One worker's own count."""

    keys: list[str]
    most: int
    window: float
    until: dict[int, float] = field(default_factory=dict)
    sent: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, *, is_taken: bool = True) -> Turn | Wait:
        now, waits = time.monotonic(), []
        for number, key in enumerate(self.keys, start=1):
            sent = self.sent.setdefault(number, deque(maxlen=self.most))
            is_full = len(sent) == self.most
            wait = max(self.until.get(number, 0), sent[0] + self.window if is_full else 0) - now
            if wait <= 0:
                if is_taken:
                    sent.append(now)
                return Turn(key, number, "")
            waits.append(wait)
        return Wait(min(waits), is_busy=True)
