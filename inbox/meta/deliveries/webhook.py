"""From the bytes of a webhook delivery to typed events (META_PLATFORM.md §1.2–1.5).

Nothing here raises for what Meta, or somebody with its signature, may send: an event that cannot
be understood comes out as `Unreadable`, and the others of its delivery come out whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inbox.meta.deliveries.webhook_events import Event, MessageArrived, PlatformName, Thread
from inbox.meta.deliveries.webhook_fields import (
    MalformedEventError,
    a_dict,
    a_list,
    an_id,
    an_optional_id,
    is_deeper,
    quotable,
    repaired,
)
from inbox.meta.deliveries.webhook_items import read_item

MOST_DEPTH = 100  # Meta's events are less than ten levels deep; Python's limit is near 1,000
PLATFORMS: dict[str, PlatformName] = {"page": "FACEBOOK", "instagram": "INSTAGRAM"}


@dataclass(frozen=True, slots=True)
class Item:
    """One event as it stood in its delivery; `alone` is a delivery that holds only it."""

    object: str
    entry_id: Any
    slot: str
    content: Any

    def alone(self) -> bytes:
        entry = {"id": self.entry_id, self.slot: [self.content]}
        return json.dumps({"object": self.object, "entry": [entry]}).encode()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be understood, as a delivery of its own that can be replayed, and why.
    `account_id` is ours in Meta's words, None when even that is unknown."""

    body: bytes
    reason: str
    platform: PlatformName | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedDelivery:
    """One webhook body. `items[n]` is what `events[n]` was made of."""

    body: bytes
    object: str | None
    events: tuple[Event, ...] = ()
    items: tuple[Item, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing but customers' messages, as most deliveries are."""
        return not self.unreadable and all(
            isinstance(event, MessageArrived) and event.direction == "INCOMING"
            for event in self.events
        )


def parse(body: bytes, *, repair: bool = False) -> ParsedDelivery:
    """Reads a delivery. With `repair`, half characters are replaced (for a replay that a person
    asked for) instead of making their event unreadable."""
    try:
        delivery = a_dict(json.loads(body), "the body")
        if repair:
            delivery = repaired(delivery)
        kind = an_id(delivery.get("object"), "object")
        items = list(_items(kind, a_list(delivery.get("entry"), "entry")))
    except RecursionError:
        return _unreadable_body(body, "the body is nested too deep")
    except UnicodeDecodeError:
        return _unreadable_body(body, "the body is not UTF-8")
    except MalformedEventError as error:
        return _unreadable_body(body, str(error))
    except ValueError:
        return _unreadable_body(body, "the body is not JSON")
    return _read(kind, items, body) if kind in PLATFORMS else ParsedDelivery(body, kind)


def _unreadable_body(body: bytes, reason: str) -> ParsedDelivery:
    return ParsedDelivery(body, None, unreadable=(Unreadable(body, reason),))


def _items(kind: str, entries: list[Any]) -> Iterator[Item]:
    """Loops over both levels: documents say one, deliveries hold several."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield Item(kind, None, "messaging", entry)
            continue
        for slot in ("messaging", "standby", "changes"):
            found = entry.get(slot)
            for content in found if isinstance(found, list) else [] if found is None else [found]:
                yield Item(kind, entry.get("id"), slot, content)


def _read(kind: str, items: list[Item], body: bytes) -> ParsedDelivery:
    events: list[Event] = []
    sources: list[Item] = []
    unreadable: list[Unreadable] = []
    may_be_deep = body.count(b"[") + body.count(b"{") > MOST_DEPTH
    for item in items:
        if may_be_deep and is_deeper([item.entry_id, item.content], MOST_DEPTH + 1):
            # With its whole delivery: writing it anew would go as deep again.
            unreadable.append(_unreadable(item, "the event is nested too deep", body))
            continue
        try:
            event = _event_of(item)
        except MalformedEventError as error:
            unreadable.append(_unreadable(item, str(error)))
            continue
        if event is not None:
            events.append(event)
            sources.append(item)
    return ParsedDelivery(body, kind, tuple(events), tuple(sources), tuple(unreadable))


def _event_of(item: Item) -> Event | None:
    content = a_dict(item.content, "the event")
    if item.slot == "changes":
        # The dashboard's test of Instagram wraps a message like this; other fields (feed,
        # comments, labels) are no conversations.
        if content.get("field") != "messages":
            return None
        content = a_dict(content.get("value"), "value")
    return read_item(content, _thread(item, content), is_standby=item.slot == "standby")


def _thread(item: Item, content: dict[str, Any]) -> Thread:
    """Our own id is the recipient's, in an echo the sender's. `entry.id` helps out where one is
    missing; it says nothing about a message, because some of Meta's examples put the person's id
    there."""
    sender = _party(content, "sender")
    recipient = _party(content, "recipient")
    entry_id = an_optional_id(item.entry_id, "entry.id")
    message = content.get("message")
    is_echo = isinstance(message, dict) and bool(message.get("is_echo"))
    if is_echo or (message is None and sender == entry_id and sender != recipient):
        sender, recipient = recipient, sender
    account = recipient or entry_id
    if account is None:
        raise MalformedEventError("nothing says which Page this belongs to")
    if sender is None:
        raise MalformedEventError(_without_person(content))
    return Thread(PLATFORMS[item.object], account, sender)


def _without_person(content: dict[str, Any]) -> str:
    policy = content.get("policy_enforcement")
    if isinstance(policy, dict):
        action, reason = policy.get("action"), policy.get("reason")
        return f"Meta enforces a policy on this Page ({action}): {reason}"
    names = ", ".join(sorted(set(content) - {"recipient", "timestamp"}))
    return f"the event names no person ({names or 'it is empty'})"


def _party(content: dict[str, Any], name: str) -> str | None:
    party = content.get(name)
    return None if party is None else an_id(a_dict(party, name).get("id"), f"{name}.id")


def _unreadable(item: Item, reason: str, body: bytes | None = None) -> Unreadable:
    try:
        account = an_optional_id(item.entry_id, "entry.id")
    except MalformedEventError:
        account = None
    return Unreadable(body or item.alone(), quotable(reason), PLATFORMS[item.object], account)
