"""Messages that flow while something breaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pytest

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person


@dataclass(frozen=True)
class Load:
    """So many messages, so fast; for how many seconds it stays broken; how often it breaks."""

    messages: int
    per_second: float
    outage: float = 0
    rounds: int = 1


def both(short: Load, long: Load) -> pytest.MarkDecorator:
    """The short form for `make test`, the long one for `make faults`."""
    return pytest.mark.parametrize(
        "load",
        [pytest.param(short, id="short"), pytest.param(long, id="long", marks=pytest.mark.long)],
    )


def cases(load: Load, *faults: Callable[..., object], is_long: bool = False) -> list[Any]:
    """Each fault under this load, as parameters `fault` and `load`."""
    marks = [pytest.mark.long] if is_long else []
    form = "long" if is_long else "short"
    return [
        pytest.param(fault, load, id=f"{fault.__name__}-{form}", marks=marks) for fault in faults
    ]


class Feed:
    """`with Feed(meta, people, load) as feed:` the people write in turn, from a thread of its own.
    The block's end waits for the last message to be on its way."""

    def __init__(self, meta: Simulator, people: Sequence[Person], load: Load) -> None:
        self.mids: list[str] = []
        self._meta, self._people, self._load = meta, people, load
        self._written = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join(self._load.messages / self._load.per_second + 60)
        assert error or len(self.mids) == self._load.messages, "the feed broke off"

    def reach(self, part: float) -> None:
        """Returns when this part (0 to 1) of the messages is written."""
        wanted = int(part * self._load.messages)
        with self._written:
            assert self._written.wait_for(lambda: len(self.mids) >= wanted, 120)

    def _run(self) -> None:
        began = time.monotonic()
        for number in range(self._load.messages):
            pause = began + number / self._load.per_second - time.monotonic()
            threading.Event().wait(max(0.0, pause))
            person = self._people[number % len(self._people)]
            mid = self._meta.says(person, f"Message {number} of {person.name}")
            with self._written:
                self.mids.append(mid)
                self._written.notify_all()
