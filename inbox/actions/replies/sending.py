"""Sending one reply to Meta: taken by a lease, sent once, its outcome written down.

Meta has no idempotency key. A reply whose fate is unknown is therefore UNSURE and never sent again
by itself; `settling.py` finds out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from inbox.actions.facebook_pages.page_access import (
    MUST_RECONNECT,
    access_to,
    note_refused_token,
    person_id,
)
from inbox.actions.leases import kept
from inbox.actions.replies import outcomes
from inbox.db import transaction
from inbox.meta import messages
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import SEND, graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.messages import OutgoingText
from inbox.meta.window import Window, reply_window
from inbox.models import FacebookPage, Message, outgoing
from inbox.models.loading import conversations_by_id

# A call may take SEND.whole; what holds its lease longer hangs.
HOLD_AT_MOST = SEND.connect + SEND.whole + 10


@dataclass(frozen=True)
class Task:
    """One reply in the hands of this worker."""

    attempt: outcomes.Attempt
    message: OutgoingText
    window: Window
    page: FacebookPage
    access: PageAccess | None
    taken_at: float
    """`time.monotonic()`."""


def send_message(message_id: int) -> None:
    """Sends the reply if it waits and is the next of its conversation; else does nothing."""
    task = _take(message_id)
    if task is None:
        return
    if task.access is None:
        outcomes.failed(task.attempt, "reconnect", MUST_RECONNECT)
    elif not task.window.open:
        outcomes.failed(task.attempt, "window", task.window.reason)
    else:
        _send(task, task.access)


def _send(task: Task, access: PageAccess) -> None:
    if not _still_ours(task):
        return
    with kept(lambda: _renew(task), at_most=HOLD_AT_MOST):
        try:
            mid = messages.send_text(graph(), access, task.message, task.window)
        except MetaError as error:
            _refused(task, error)
        else:
            outcomes.sent(task.attempt, mid)


def _refused(task: Task, error: MetaError) -> None:
    current_app.logger.warning("Reply %s was not sent: %s", task.message.metadata, error)
    note_refused_token(task.page, error)
    if error.kind == ErrorKind.UNSURE:
        outcomes.in_doubt(task.attempt)
    elif error.permanent:
        outcomes.refused(task.attempt, error)
    else:
        outcomes.put_back(task.attempt, error)


def _take(message_id: int) -> Task | None:
    """One short transaction: no connection is held while Meta is called."""
    with transaction() as session:
        claimed = outgoing.claim(message_id).returning(Message.attempt)
        attempt = session.scalar(claimed.execution_options(synchronize_session=False))
        if attempt is None:
            return None
        message = session.get_one(Message, message_id, populate_existing=True)
        (thread,) = conversations_by_id([message.conversation_id])
        page = thread.facebook_page
        return Task(
            attempt=(message_id, attempt),
            message=OutgoingText(
                person_id(thread.contact, thread.platform),
                thread.platform,
                message.content,
                metadata=str(message_id),
            ),
            window=reply_window(
                thread.last_incoming_at,
                datetime.now(UTC),
                has_human_agent=page.has_human_agent,
                by_human=message.author_id is not None,
            ),
            page=page,
            access=access_to(page),
            taken_at=time.monotonic(),
        )


def _still_ours(task: Task) -> bool:
    """False for a worker that stood still (stopped, swapped out) since it took the reply: others
    have judged it by now."""
    held = time.monotonic() - task.taken_at
    return held < outgoing.LEASE.total_seconds() / 3 or _renew(task)


def _renew(task: Task) -> bool:
    with transaction() as session:
        renewed = outgoing.renew(*task.attempt).returning(Message.id)
        return session.scalar(renewed.execution_options(synchronize_session=False)) is not None
