"""The older messages of somebody who wrote for the first time: one call, within Meta's law."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import update

from inbox.actions.incoming.bulk import past_row, store_past
from inbox.actions.sync.accounts import account_of
from inbox.config import settings
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.past.history import MOST_MESSAGES, NEWEST_DETAILED, Asked, History, ThreadPage
from inbox.meta.past.law import Law
from inbox.models import Contact, Conversation, FacebookPage, Platform
from inbox.models.interaction_sweep import refresh
from inbox.realtime import announce
from inbox.redis_client import connect

LONGEST_WAIT = 10.0  # seconds for a turn; while a sync runs it is about one
WHEN_THROTTLED = 60.0


@dataclass(frozen=True)
class Found:
    """`wait_seconds`: Meta takes no calls now; try again after so long."""

    new_messages: int = 0
    wait_seconds: float = 0.0


def fetch_history(
    page: FacebookPage, access: PageAccess, platform: Platform, contact: Contact
) -> Found:
    """Stores what Meta shows of the thread; nothing of it becomes unread. Raises `MetaError`."""
    config, account = settings(), account_of(page, platform)
    law = Law(connect(config.redis_url), account.id, config.conversation_calls_per_second)
    wait = law.wait_seconds(at_most=LONGEST_WAIT)
    if wait > LONGEST_WAIT:
        return Found(wait_seconds=wait)
    time.sleep(wait)
    newest = NEWEST_DETAILED if platform == Platform.INSTAGRAM else MOST_MESSAGES
    person_id = contact.instagram_sid if platform == Platform.INSTAGRAM else contact.messenger_psid
    try:
        part = History(graph(), access, account).threads(Asked(1, newest), person_id=person_id)
    except MetaError as error:
        if error.kind == ErrorKind.RATE:
            law.close(error.retry_after or WHEN_THROTTLED)
        raise
    return Found(sum(_store(thread, contact.id) for thread in part.threads))


def _store(thread: ThreadPage, contact_id: int) -> int:
    if thread.person is None:
        return 0
    name, username = thread.person.name, thread.person.username
    rows = [past_row(m, name=name, username=username, counts=False) for m in thread.messages]
    stored = store_past("HISTORY", rows)
    with transaction() as session:
        session.execute(refresh([contact_id]))
        announce(messages=stored.message_ids)
    db.session.close()
    _name(contact_id, name, username)
    return len(stored.message_ids)


def _name(contact_id: int, name: str | None, username: str | None) -> None:
    """The list may tell a name where the profile is withheld."""
    with transaction() as session:
        contact = session.get_one(Contact, contact_id, with_for_update=True)
        known = (contact.name, contact.username)
        contact.name, contact.username = contact.name or name, contact.username or username
        if (contact.name, contact.username) == known:
            return
        rows = update(Conversation).where(Conversation.contact_id == contact_id)
        rows = rows.values(contact_id=contact_id).returning(Conversation.id)
        ids = session.scalars(rows.execution_options(synchronize_session=False)).all()
        announce(conversations=ids, contacts=[contact_id])
