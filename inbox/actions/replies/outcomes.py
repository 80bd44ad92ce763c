"""What became of a reply: sent, refused, in doubt, or to be tried again.

Each write is fenced by `attempt`, so that a worker which was thought dead cannot undo what came
after it; and each one lets the next reply of the conversation go.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, Update, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from inbox.actions.incoming.early_events import apply_early_events
from inbox.actions.incoming.thread_events import touch
from inbox.db import transaction
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.meta.errors import MetaError
from inbox.meta.explanations import explain
from inbox.models import Attachment, Delivery, Message, outgoing
from inbox.realtime import announce

Attempt = tuple[int, int]  # message id, attempt
DONE = {"lease_until": None, "send_due_at": None}
RACES = 3


def sent(attempt: Attempt, mid: str) -> None:
    """Meta took it. Also the late truth about one that was in doubt or given up counts; one that
    its echo has already settled stays as it is."""
    for race in range(RACES):
        try:
            return _sent(attempt, mid)
        except IntegrityError:  # the same message came in by another way, this moment
            if race == RACES - 1:
                raise
    return None


def _sent(attempt: Attempt, mid: str) -> None:
    still_open = (Delivery.SENDING, Delivery.UNSURE, Delivery.FAILED)
    with transaction() as session:
        values: dict[str, Any] = {"delivery": Delivery.SENT, "mid": mid, **DONE}
        values |= {"error_code": None, "error_message": None}
        twin = session.scalar(_twin(attempt, mid).with_for_update())
        if twin is not None:
            values |= _absorb(attempt, twin)
        _settle(attempt, _fenced(attempt, still_open).where(Message.mid.is_(None)).values(values))
        apply_early_events([attempt[0]])  # receipts may come before Meta's answer


def failed(attempt: Attempt, code: str, explanation: str) -> None:
    """It was not sent, and a person has to decide what to do."""
    values = {"delivery": Delivery.FAILED, "error_code": code, "error_message": explanation, **DONE}
    with transaction():
        _settle(attempt, _fenced(attempt, (Delivery.SENDING, Delivery.UNSURE)).values(values))


def refused(attempt: Attempt, error: MetaError) -> None:
    failed(attempt, error.label, explain(error))


def in_doubt(attempt: Attempt) -> None:
    """Nobody knows whether it was sent. Never sent again by itself: the echo or the thread tell.
    `lease_until` keeps when that began."""
    values = {
        "delivery": Delivery.UNSURE,
        "lease_until": outgoing.now(),
        "send_due_at": outgoing.now() + outgoing.LOOK_FIRST_AFTER,
    }
    with transaction():
        _settle(attempt, _fenced(attempt, (Delivery.SENDING,)).values(values))


def put_back(attempt: Attempt, error: MetaError) -> None:
    """It did not leave. Tries follow each other ever more slowly (as long as it has waited so
    far), or when Meta says; it fails once that would be later than `GIVE_UP_AFTER`."""
    waited = outgoing.now() - Message.queued_at
    at_least = timedelta(seconds=max(error.retry_after or 0, 2))
    wait = func.greatest(waited, at_least)
    again = _fenced(attempt, (Delivery.SENDING,)).where(waited + wait < outgoing.GIVE_UP_AFTER)
    with transaction() as session:
        values = {"lease_until": None, "send_due_at": outgoing.now() + wait}
        kept = session.scalar(again.values(values | outgoing.QUIETLY).returning(Message.id))
    if kept is None:
        refused(attempt, error)


def _fenced(attempt: Attempt, deliveries: tuple[Delivery, ...]) -> Update:
    message_id, number = attempt
    return (
        update(Message)
        .where(
            Message.id == message_id,
            Message.attempt == number,
            Message.delivery.in_(deliveries),
        )
        .execution_options(synchronize_session=False)
    )


def _settle(attempt: Attempt, change: Update) -> None:
    changed = db.session.execute(change.returning(Message.id, Message.conversation_id)).first()
    if changed is not None:
        touch(changed.conversation_id)
        announce(messages=[changed.id])
    conversation_id = db.session.scalar(
        select(Message.conversation_id).where(Message.id == attempt[0])
    )
    if conversation_id is not None:
        ask_for_next(conversation_id)


def ask_for_next(conversation_id: int) -> None:
    """Lets a worker send the reply that waited for the one before it."""
    following = db.session.scalar(outgoing.next_of_conversation(conversation_id))
    if following is not None:
        enqueue("outgoing", "workers.outgoing.send_message", following)


def _twin(attempt: Attempt, mid: str) -> Select[Message]:
    page_id = select(Message.facebook_page_id).where(Message.id == attempt[0]).scalar_subquery()
    return select(Message).where(
        Message.facebook_page_id == page_id, Message.mid == mid, Message.id != attempt[0]
    )


def _absorb(attempt: Attempt, twin: Message) -> dict[str, Any]:
    """The same message, stored by itself before we knew its `mid` (an import that read the thread
    in between). One row stays: ours, which people have on their screens, with Meta's time."""
    move = update(Attachment).where(Attachment.message_id == twin.id)
    db.session.execute(move.values(message_id=attempt[0]))
    db.session.execute(delete(Message).where(Message.id == twin.id))
    arrived = twin.delivery in (Delivery.DELIVERED, Delivery.READ)
    kept: dict[str, Any] = {"sent_at": twin.sent_at, "reactions": twin.reactions}
    return kept | ({"delivery": twin.delivery} if arrived else {})
