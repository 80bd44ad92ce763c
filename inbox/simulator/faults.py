"""Switches that make the pretend Meta misbehave on chosen calls."""

import threading
from dataclasses import dataclass, field
from typing import Any

# What each kind does, and which settings it takes.
KINDS = {
    "error": "answers an error: code, subcode, message, status",
    "rate_limit": "answers a rate limit: code 4, 17, 32, 613, 80001, 80002 or 80006; minutes",
    "transient": "answers HTTP 500 with code 1 or 2",
    "reduce_data": "answers HTTP 500, code 1, 'Please reduce the amount of data'",
    "token_revoked": "answers 190 with subcode (460)",
    "permission_lost": "answers 200 with HTTP 403",
    "latency": "does it after waiting seconds",
    "stall": "waits seconds (60), then closes without doing it",
    "close": "closes the connection without doing it",
    "slow_body": "does it, and sends its answer over seconds",
    "truncated": "does it, and sends half of the JSON",
    "apply_then_500": "does it, and answers HTTP 500 with 1/1357046",
    "apply_then_close": "does it, and closes the connection",
    "apply_then_stall": "does it, and waits seconds (60) before it closes",
    "echo_first": "the echo has arrived before the answer to the send",
    "echo_withheld": "no echo comes for the send",
    "revoke": "kills the token for good, and answers 190 with subcode (460)",
    "reset": "resets the connection without doing it",
    "cut_body": "does it, and closes in the middle of its answer",
    "bad_gateway": "answers an HTML page with HTTP status (502)",
    "empty_page": "a list's page is empty, and its cursor goes on",
    "short_page": "a list's page holds one row, and its cursor goes on",
    "stale_cursor": "a list refuses the cursor it is given (100)",
    "repeating_cursor": "a list's next page is the same page",
    "broken_thread": "while planned, reading the messages of the person's thread, also in a list, "
    "answers an error as above; with slim, also listing it",
}
DOORS = (
    "any",
    "send",
    "sender_action",
    "profile",
    "page",
    "conversations",
    "messages",
    "thread",
    "message",
    "subscribed_apps",
    "me",
    "debug_token",
    "oauth",
    "accounts",
    "owner",
)


@dataclass
class Fault:
    door: str
    kind: str
    times: int | None = 1
    """How many calls it spoils; None until cleared."""
    person_id: str = ""
    """Only calls about this person; empty for all."""
    after: int = 0
    """So many matching calls pass before it begins."""
    settings: dict[str, Any] = field(default_factory=dict)

    def seconds(self, default: float) -> float:
        return float(self.settings.get("seconds", default))


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []

    def next(
        self,
        door: str,
        kind: str,
        *,
        times: int | None = 1,
        person_id: str = "",
        after: int = 0,
        **settings: Any,
    ) -> Fault:
        """Spoil the next calls of a door, or those after so many (ValueError for an unknown door
        or kind, or a broken thread of nobody)."""
        if door not in DOORS:
            raise ValueError(f"unknown door {door!r}; one of {', '.join(DOORS)}")
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
        if kind == "broken_thread" and not person_id:
            raise ValueError("broken_thread needs a person_id")
        fault = Fault(door, kind, times, person_id, after, settings)
        with self._lock:
            self._planned.append(fault)
        return fault

    def take(self, door: str, person_id: str = "", *, has_cursor: bool = True) -> Fault | None:
        """The fault for this call, used up by it; each call meets one at most."""
        with self._lock:
            for fault in self._planned:
                if fault.door not in (door, "any") or fault.person_id not in ("", person_id):
                    continue
                if fault.kind == "broken_thread" or (
                    fault.kind == "stale_cursor" and not has_cursor
                ):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._planned.remove(fault)
                return fault
        return None

    def broken(self, person_id: str) -> Fault | None:
        """The fault of a person's thread that cannot be read."""
        with self._lock:
            return next(
                (
                    fault
                    for fault in self._planned
                    if fault.kind == "broken_thread" and fault.person_id == person_id
                ),
                None,
            )

    def planned(self) -> list[Fault]:
        with self._lock:
            return list(self._planned)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
