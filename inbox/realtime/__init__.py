"""The only place that tells browsers something.

Rooms: `org:{id}:admins` and `user:{id}` carry everything durable; `conversation:{id}` carries only
`typing` and `viewing`, so that a missed "leave" leaks nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from inbox.db import on_commit
from inbox.events import Audience, Event
from inbox.realtime.bus import RedisBus
from inbox.realtime.change import Change
from inbox.realtime.listeners import Listeners
from inbox.realtime.outbox import ROWS_IN_A_TICK, Outbox

__all__ = ["Realtime", "admins_room", "announce", "publish", "realtime", "sign_out", "user_room"]

log = logging.getLogger(__name__)

EVENTS_IN_A_BREATH = 8  # some 3 ms


@dataclass
class Realtime:
    """What one process has for realtime: the bus, and in web processes the outbox before it, and
    `breathe`, which lets requests be answered in the middle of much to tell."""

    bus: RedisBus
    outbox: Outbox | None = None
    breathe: Callable[[], object] = lambda: None
    listeners: Listeners = field(default_factory=Listeners)


def realtime(app: Flask | None = None) -> Realtime:
    return cast("Realtime", (app or current_app).extensions["inbox_realtime"])


def admins_room(organization_id: int) -> str:
    return f"org:{organization_id}:admins"


def user_room(user_id: int) -> str:
    return f"user:{user_id}"


def announce(
    *,
    new_messages: Iterable[int] = (),
    messages: Iterable[int] = (),
    conversations: Iterable[int] = (),
    contacts: Iterable[int] = (),
) -> None:
    """Once the surrounding transaction has committed, tells browsers that these rows changed.

    A new message brings its conversation's row along. The rows are read again when they are told,
    so the order of two announcements does not matter.
    """
    change = Change(
        frozenset(new_messages), frozenset(messages), frozenset(conversations), frozenset(contacts)
    )
    for part in change.parts(ROWS_IN_A_TICK):
        _hand_over(part)


def _hand_over(change: Change) -> None:
    outbox = realtime().outbox
    # `is None`, because an outbox with nothing waiting in it counts as false.
    on_commit(lambda: tell(change) if outbox is None else outbox.put(change))


def tell(change: Change) -> None:
    """Sends the events of a change now. Never raises: the change is committed, its caller must
    not think otherwise, and browsers catch up."""
    try:
        with realtime().bus.batch():
            for number, (event, audience) in enumerate(change.events(), start=1):
                _emit(event, audience)
                if number % EVENTS_IN_A_BREATH == 0:
                    realtime().breathe()
    except Exception:
        log.exception("A change was not told live; browsers catch up")


def publish(event: Event, *, to: Audience) -> None:
    """Once the surrounding transaction has committed, sends one event; for what no row tells."""
    on_commit(lambda: _emit(event, to))


def sign_out(user_id: int) -> None:
    """Once the surrounding transaction has committed, closes every socket of this user."""
    bus = realtime().bus
    on_commit(lambda: bus.sign_out(user_id))


def _emit(event: Event, to: Audience) -> None:
    rooms = [] if to.organization_id is None else [admins_room(to.organization_id)]
    if to.user_id is not None:
        rooms.append(user_room(to.user_id))
    realtime().bus.tell(event.name, event.payload(), rooms)
