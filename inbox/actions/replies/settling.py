"""Replies that got stuck: found by the database's own state, and settled."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from inbox.actions.facebook_pages.page_access import access_to, note_refused_token, person_id
from inbox.actions.incoming.thread_events import touch
from inbox.actions.replies import outcomes
from inbox.db import retry_on_conflict, transaction
from inbox.jobs import enqueue
from inbox.meta.client import graph
from inbox.meta.errors import MetaError
from inbox.meta.past.conversations import ThreadMessage, newest_messages
from inbox.models import Conversation, Message, outgoing
from inbox.models.loading import conversations_by_id
from inbox.realtime import announce

log = logging.getLogger(__name__)

CLOCKS_DIFFER_BY = timedelta(minutes=1)
UNCONFIRMED = (
    "Meta did not confirm this message, and it does not stand in the thread. Retry sends it again."
)
UNKNOWN = (
    "Meta did not confirm this message, and the thread could not be read to find out. Look in "
    "Meta's own inbox whether it arrived; Retry sends it again."
)


def sweep_outgoing() -> None:
    """Every 5 s: puts replies of dead workers in doubt, and asks workers for those that nobody
    took (a lost job, Redis away) and for the threads of those in doubt."""
    retry_on_conflict(_doubt_abandoned)
    with transaction() as session:
        for message_id in session.scalars(outgoing.due_to_be_asked_for()).all():
            enqueue("outgoing", "workers.outgoing.send_message", message_id)
        for conversation_id in set(session.scalars(outgoing.due_for_a_look())):
            enqueue("default", "workers.outgoing.settle", conversation_id)


def _doubt_abandoned() -> None:
    with transaction() as session:
        abandoned = session.execute(outgoing.abandoned()).all()
        for conversation_id in sorted({row.conversation_id for row in abandoned}):
            touch(conversation_id)
        announce(messages=[row.id for row in abandoned])


@dataclass(frozen=True)
class Doubt:
    """A reply in doubt, as `outgoing.in_doubt` selects it."""

    message_id: int
    number: int
    text: str
    asked_at: datetime
    age: timedelta

    @property
    def attempt(self) -> outcomes.Attempt:
        return self.message_id, self.number

    def may_be(self, message: ThreadMessage) -> bool:
        """Threads do not tell our `metadata`: the text and the time must do."""
        return (
            message.text.strip() == self.text
            and message.created_at > self.asked_at - CLOCKS_DIFFER_BY
        )


def settle(conversation_id: int) -> None:
    """Reads the thread at Meta. A reply that stands in it was sent; one that does not, a minute
    after it came in doubt, failed."""
    with transaction() as session:
        doubts = [Doubt(*row) for row in session.execute(outgoing.in_doubt(conversation_id))]
        threads = conversations_by_id([conversation_id])
    if not doubts:
        return
    found = _read(threads[0])
    if found is None:
        for doubt in doubts:
            if doubt.age > outgoing.GIVE_UP_LOOKING_AFTER:
                outcomes.failed(doubt.attempt, "unconfirmed", UNKNOWN)
        return
    _compare(doubts, _unclaimed(found, threads[0].facebook_page_id))


def _compare(doubts: Sequence[Doubt], found: list[ThreadMessage]) -> None:
    for doubt in doubts:
        match = next((each for each in found if doubt.may_be(each)), None)
        if match is not None:
            found.remove(match)
            outcomes.sent(doubt.attempt, match.mid)
        elif doubt.age > outgoing.UNCONFIRMED_AFTER:
            outcomes.failed(doubt.attempt, "unconfirmed", UNCONFIRMED)


def _read(thread: Conversation) -> list[ThreadMessage] | None:
    """Oldest first; None when Meta does not let us."""
    access = access_to(thread.facebook_page)
    if access is None:
        return None
    person = person_id(thread.contact, thread.platform)
    try:
        messages = newest_messages(graph(), access, platform=thread.platform, person_id=person)
    except MetaError as error:
        log.warning("Thread of conversation %s could not be read: %s", thread.id, error)
        note_refused_token(thread.facebook_page, error)
        return None
    return messages[::-1]


def _unclaimed(found: list[ThreadMessage], facebook_page_id: int) -> list[ThreadMessage]:
    """Without those that are known to be another reply of ours, or written in Meta's own apps."""
    with transaction() as session:
        known = session.scalars(
            select(Message.mid).where(
                Message.facebook_page_id == facebook_page_id,
                Message.mid.in_([message.mid for message in found]),
            )
        )
        taken = set(known)
    return [message for message in found if message.by_us and message.mid not in taken]
