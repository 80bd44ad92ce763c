"""A webhook delivery's way in. When it returns, all of the delivery is committed or set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from sqlalchemy.exc import DBAPIError

from inbox.actions.incoming.bulk import Pair, store_messages
from inbox.actions.incoming.early_events import apply_early_events
from inbox.actions.incoming.echoes import claim_echo
from inbox.actions.incoming.quotes import refresh_quotes
from inbox.actions.incoming.referrals import note_referral
from inbox.actions.incoming.setting_aside import blames_data, record_failures, refused
from inbox.actions.incoming.thread_events import apply_event
from inbox.db import retry_on_conflict
from inbox.jobs import enqueue
from inbox.meta.deliveries.webhook import Item, ParsedDelivery, Unreadable, parse
from inbox.meta.deliveries.webhook_events import Event, MessageArrived
from inbox.realtime import announce

MOST_NUDGES = 8  # of one delivery; whoever is nudged goes on with the others


def take_delivery(body: bytes) -> None:
    """`take_deliveries`, of one."""
    take_deliveries([parse(body)])


def take_deliveries(deliveries: Sequence[ParsedDelivery]) -> None:
    """Journals and stores deliveries whose signatures were right, the messages of all of them in
    one statement.

    Raises `OperationalError` when the database cannot take them: then nothing may be acknowledged,
    and Meta delivers again. Every step is harmless when it is repeated.
    """
    unreadable = [event for delivery in deliveries for event in delivery.unreadable]
    record_failures([*unreadable, *store(deliveries, journal=True)])


def store(deliveries: Sequence[ParsedDelivery], *, journal: bool) -> list[Unreadable]:
    """Stores the events of deliveries and returns those that the database refused. Without
    `journal` the deliveries are not written down (a replay)."""
    arrived: list[Pair] = []
    others: list[tuple[Event, Item]] = []
    for event, item in _pairs(deliveries):
        if not isinstance(event, MessageArrived):
            others.append((event, item))
        elif event.direction == "INCOMING" or not claim_echo(event):
            arrived.append((event, item))
    bodies = [(delivery.object, delivery.body) for delivery in deliveries if journal]
    stored = store_messages(bodies, arrived)
    announce(new_messages=stored.message_ids)
    retry_on_conflict(partial(apply_early_events, stored.awaited_ids))
    retry_on_conflict(partial(refresh_quotes, stored.late_ids))
    _follow_up([event for event, _ in arrived], stored.fetch_job_ids)
    return [*stored.refused, *_apply(others)]


def _pairs(deliveries: Iterable[ParsedDelivery]) -> Iterator[tuple[Event, Item]]:
    for delivery in deliveries:
        yield from zip(delivery.events, delivery.items, strict=True)


def _follow_up(events: list[MessageArrived], fetch_job_ids: list[int]) -> None:
    """Nudges the workers; what they should do is found by their sweeps all the same."""
    for event in events:
        if event.referral:
            note_referral(event)
    for job_id in fetch_job_ids[:MOST_NUDGES]:
        enqueue("default", "workers.contacts.run_fetch", job_id)
    if any(event.files for event in events):
        enqueue("default", "workers.files.copy_due")


def _apply(pairs: Iterable[tuple[Event, Item]]) -> list[Unreadable]:
    unable = []
    for event, item in pairs:
        try:
            retry_on_conflict(partial(apply_event, event, item))
        except DBAPIError as error:
            if not blames_data(error):
                raise
            unable.append(refused(event, item, error))
    return unable
