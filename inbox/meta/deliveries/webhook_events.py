"""What Meta tells us, as typed events; `webhook.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

PlatformName = Literal["FACEBOOK", "INSTAGRAM"]


class Thread(NamedTuple):
    """Whose thread an event belongs to: our account (a Page id or an Instagram account id) and
    the person on the other side (a PSID or an IGSID)."""

    platform: PlatformName
    account_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. `url` is Meta's, which expires; None when there is nothing to copy."""

    type: str
    url: str | None
    name: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A message of the person, or (OUTGOING) an echo of one of ours, wherever it was written.

    `kind` ACTIVITY is for events that are no message but belong into the thread: they raise no
    unread count. `metadata` is what we gave a reply of ours when we sent it. `reactions` come
    with the past only; live ones are events of their own.
    """

    thread: Thread
    mid: str
    direction: Literal["INCOMING", "OUTGOING"]
    content: str
    sent_at: datetime
    kind: Literal["MESSAGE", "ACTIVITY"] = "MESSAGE"
    reply_to_mid: str | None = None
    files: tuple[File, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    referral: dict[str, Any] | None = None
    metadata: str | None = None
    reactions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """`number` counts the edits of a message (Meta allows 5): a lower one is older."""

    thread: Thread
    mid: str
    content: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageUnsent:
    thread: Thread
    mid: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """`emoji` None: the reaction was taken back."""

    thread: Thread
    mid: str
    emoji: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """The person has read all we sent up to a moment (Messenger) or up to a message
    (Instagram)."""

    thread: Thread
    watermark: datetime | None
    mid: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveredUpTo:
    """What we sent has arrived; `mids` may be missing, then only the moment counts."""

    thread: Thread
    watermark: datetime
    mids: tuple[str, ...] = ()


Event = MessageArrived | MessageEdited | MessageUnsent | Reacted | ReadUpTo | DeliveredUpTo
