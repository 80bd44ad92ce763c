"""One webhook delivery: the bytes on the wire and what came of every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from inbox.simulator.signature import wire_text

DeliveryState = Literal["waiting", "delivered", "retrying", "dropped", "unsubscribed"]


@dataclass(frozen=True)
class Event:
    """One thing to tell the receiver, before it is put in an envelope."""

    page_id: str
    object: str
    entry_id: str
    subscription: str
    """The webhook field it belongs to, as the Page's subscribed_apps edge names it."""
    at_ms: int
    item: dict[str, Any]
    channel: Literal["messaging", "standby", "changes"] = "messaging"
    lane: str = ""
    """Events of one lane (one person) start in their order."""

    def entry(self) -> dict[str, Any]:
        # Dashboard and `changes` hooks carry seconds, the others milliseconds (META_PLATFORM §1.2).
        time = self.at_ms // 1000 if self.channel == "changes" else self.at_ms
        return {"id": self.entry_id, "time": time, self.channel: [self.item]}


def envelope(events: Sequence[Event]) -> dict[str, Any]:
    """One delivery for events of one `object`: an entry each, one messaging item per entry."""
    return {"object": events[0].object, "entry": [event.entry() for event in events]}


@dataclass
class Attempt:
    at_ms: int
    status: int | None
    """HTTP status, or None where no answer came (refused, closed, timed out)."""
    error: str
    took_ms: int


@dataclass
class Delivery:
    number: int
    page_ids: list[str]
    body: bytes
    lane: str = ""
    state: DeliveryState = "waiting"
    attempts: list[Attempt] = field(default_factory=list)

    def shape(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "pageIds": self.page_ids,
            "state": self.state,
            "body": self.body.decode("utf-8", "replace"),
            "attempts": [vars(attempt) for attempt in self.attempts],
        }


def delivery_of(number: int, events: Sequence[Event]) -> Delivery:
    page_ids = list(dict.fromkeys(event.page_id for event in events))
    return Delivery(number, page_ids, wire_text(envelope(events)), events[0].lane)
