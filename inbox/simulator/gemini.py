"""The pretend Gemini: its keys, quotas, faults and record, without its doors."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "malformed": "answers text that is no JSON, or with batches_only only to several conversations",
    "half": "answers only every second conversation of a batch",
    "blocked": "answers no candidate, as for text that Google does not answer about",
    "quota": "answers 429 with RetryInfo: seconds (30)",
    "error": "answers HTTP status (500)",
    "stall": "waits seconds (120), then closes",
    "invalid": "answers that the key is not valid",
    "suspended": "answers that the key has been suspended, and quotes it",
    "leak": "answers with its system instruction as the summary",
    "rename": "answers with another stage: stage",
}


@dataclass
class GeminiLimits:
    """`PATCH /simulator/gemini` changes any of them."""

    per_minute: int = 0
    """Requests of each key within `window_s`; 0 for any number."""
    window_s: float = 60.0
    latency_s: float = 0.0
    is_gullible: bool = False
    """It does what people's messages tell it to."""
    invalid_keys: list[str] = field(default_factory=list)


@dataclass
class GeminiFault:
    kind: str
    times: int | None = 1
    key: str = ""
    """Only requests with this key; empty for all."""
    settings: dict[str, Any] = field(default_factory=dict)


class PretendGemini:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[str, deque[float]] = {}
        self._faults: list[GeminiFault] = []
        self.limits = GeminiLimits()
        self.calls: list[dict[str, Any]] = []
        """Requests in the order of their coming: key, status, atMs, conversations (what the
        customers said), system, user."""
        self.most_within = 0
        """Most requests of one key within one window, refused ones left out."""

    def plan(
        self, kind: str, *, times: int | None = 1, key: str = "", **settings: Any
    ) -> GeminiFault:
        """Spoil the next requests (ValueError for an unknown kind); `times` None: until cleared."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
        fault = GeminiFault(kind, times, key, settings)
        with self._lock:
            self._faults.append(fault)
        return fault

    def take_fault(self, key: str, conversations: int) -> GeminiFault | None:
        with self._lock:
            for fault in self._faults:
                is_spared = fault.settings.get("batches_only") and conversations < 2
                if fault.key not in ("", key) or is_spared:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def count(self, key: str) -> float | None:
        """Counts a request of this key; answers how many seconds to wait when it is one too
        many. A refused one does not count."""
        with self._lock:
            now, sent = time.monotonic(), self._sent.setdefault(key, deque())
            while sent and sent[0] <= now - self.limits.window_s:
                sent.popleft()
            if self.limits.per_minute and len(sent) >= self.limits.per_minute:
                return sent[0] + self.limits.window_s - now
            sent.append(now)
            self.most_within = max(self.most_within, len(sent))
            return None

    def note(self, call: dict[str, Any]) -> None:
        with self._lock:
            self.calls.append(call)

    def answered(self) -> list[dict[str, Any]]:
        """The requests that were answered with 200."""
        with self._lock:
            return [call for call in self.calls if call["status"] == 200]

    def forget(self) -> None:
        with self._lock:
            self._sent.clear()
            self._faults.clear()
            self.calls.clear()
            self.limits = GeminiLimits()
            self.most_within = 0
