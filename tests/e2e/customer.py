"""Somebody who writes to a Page: what they do arrives as Meta's signed webhooks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.webhooks.wire import Door, Item, Line, new_mid


@dataclass(frozen=True)
class Customer:
    platform: str
    account: str
    person: str
    door: Door

    @property
    def line(self) -> Line:
        return Line(self.platform, self.account, self.person)

    def writes(self, text: str, *, ago: float = 0, **more: Any) -> str:
        """Sends a text, by Meta's clock `ago` seconds back. Answers its mid."""
        mid = new_mid()
        self.sends({"mid": mid, "text": text} | more, ago=ago)
        return mid

    def sends(self, message: dict[str, Any], *, ago: float = 0) -> None:
        """Any message, by Meta's keys."""
        self.does(message={"mid": new_mid()} | message, ago=ago)

    def does(self, *, ago: float = 0, **event: Any) -> None:
        """Any event: `reaction=…`, `message_edit=…`, `read=…`."""
        self.deliver(self.line.item(now() - int(ago * 1000), **event))

    def deliver(self, *items: Item) -> None:
        self.door.takes(self.line.delivery(*items))


def now() -> int:
    """Milliseconds, as Meta counts."""
    return time.time_ns() // 1_000_000
