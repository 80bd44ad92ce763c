"""Events that came before their message, applied once it is there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select, text, true

from inbox.actions.incoming.thread_events import apply_event
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.deliveries.webhook import parse
from inbox.models import EarlyEvent, Message


def apply_early_events(message_ids: Sequence[int]) -> None:
    """Applies what waited for these messages, in the order it came."""
    if not message_ids:
        return
    with transaction() as session:
        waiting = session.scalars(
            select(EarlyEvent)
            .join(
                Message,
                (Message.facebook_page_id == EarlyEvent.facebook_page_id)
                & (Message.mid == EarlyEvent.mid),
            )
            .where(Message.id.in_(message_ids))
            .order_by(EarlyEvent.id)
            .with_for_update(of=EarlyEvent, skip_locked=True)
        ).all()
        for early in waiting:
            session.delete(early)
            parsed = parse(early.body)
            for event, item in zip(parsed.events, parsed.items, strict=True):
                apply_event(event, item)


def sweep_early_events() -> None:
    """Applies early events whose message was being stored at the very moment they came: neither
    transaction could see the other."""
    _apply_those(EarlyEvent.created_at > func.now() - text("interval '10 minutes'"))


def prune_early_events() -> None:
    """Forgets events of messages that never came. Also applies older ones, whose message has come
    and whose process died before it applied them."""
    _apply_those(true())
    with transaction() as session:
        old = EarlyEvent.created_at < func.now() - text("interval '7 days'")
        session.execute(delete(EarlyEvent).where(old))


def _apply_those(which: ColumnElement[bool]) -> None:
    """Those early events whose message is there by now."""
    ids = db.session.scalars(
        select(Message.id)
        .join(
            EarlyEvent,
            (Message.facebook_page_id == EarlyEvent.facebook_page_id)
            & (Message.mid == EarlyEvent.mid),
        )
        .where(which)
    ).all()
    apply_early_events(ids)
