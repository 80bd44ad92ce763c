"""Names and pictures of the people who write, fetched from Meta.

Found by the database's own state (`profile_due_at`), so that nothing is forgotten when a queue
is; a new contact nudges its worker at once. A contact without a profile is shown all the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select, update

from inbox.actions.copies.files import copy_profile_picture
from inbox.actions.facebook_pages.page_access import access_to, note_refused_token
from inbox.db import transaction
from inbox.jobs import enqueue
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.profiles import Profile
from inbox.meta.profiles import fetch_profile as ask_meta
from inbox.models import Contact, Conversation, FacebookPage, Platform, profile_due
from inbox.models.loading import contacts_by_id
from inbox.realtime import announce

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)  # twice as long after each failure
MOST_TRIES = 5
AFTER_A_REFUSAL = timedelta(days=7)
WHEN_THROTTLED = timedelta(minutes=5)
# Whoever dies with a contact in hand leaves it due again after this.
IN_HAND = timedelta(seconds=30)


@dataclass(frozen=True)
class Task:
    contact_id: int
    tries: int
    platform: Platform
    person_id: str
    page: FacebookPage
    access: PageAccess


def sweep_profiles() -> None:
    """Every 15 s: asks a worker when profiles are due."""
    with transaction() as session:
        if session.scalar(select(profile_due.due().exists())):
            enqueue("default", "workers.contacts.fetch_profiles")


def fetch_profiles(limit: int = 200) -> int:
    """Fetches profiles that are due, one after the other, and answers how many it tried. Two at
    once share the work."""
    for tried in range(limit):
        task = _take(profile_due.due())
        if task is None:
            return tried
        _fetch(task)
    return limit


def fetch_profile(contact_id: int) -> None:
    """Fetches this contact's profile if it is due."""
    task = _take(profile_due.due().where(Contact.id == contact_id))
    if task is not None:
        _fetch(task)


def _take(due: Select[int]) -> Task | None:
    one = due.limit(1).with_for_update(of=Contact, skip_locked=True)
    with transaction() as session:
        contact_id = session.scalar(one)
        if contact_id is None:
            return None
        session.execute(profile_due.due_again(contact_id, IN_HAND))
        (contact,) = contacts_by_id([contact_id])
        access = access_to(contact.facebook_page)
        if access is None:  # its token cannot be read: nothing to do until it is renewed
            return None
        is_instagram = contact.messenger_psid is None
        return Task(
            contact_id=contact_id,
            tries=contact.profile_attempts,
            platform=Platform.INSTAGRAM if is_instagram else Platform.FACEBOOK,
            person_id=contact.messenger_psid or contact.instagram_sid or "",
            page=contact.facebook_page,
            access=access,
        )


def _fetch(task: Task) -> None:
    try:
        profile = ask_meta(graph(), task.access, platform=task.platform, person_id=task.person_id)
    except MetaError as error:
        _failed(task, error)
        return
    if profile.is_empty:
        _try_again(task, AFTER_A_REFUSAL, tries=0)
    else:
        _save(task, profile)


def _failed(task: Task, error: MetaError) -> None:
    log.info("No profile for contact %s: %s", task.contact_id, error)
    note_refused_token(task.page, error)
    if error.kind == ErrorKind.TOKEN:
        _try_again(task, timedelta(0), tries=task.tries)  # once the Page is connected again
    elif error.kind == ErrorKind.RATE:
        _pause_page(task, timedelta(seconds=error.retry_after or 0))
    elif error.permanent or task.tries + 1 >= MOST_TRIES:
        _try_again(task, AFTER_A_REFUSAL, tries=0)
    else:
        _try_again(task, FIRST_PAUSE * 2**task.tries, tries=task.tries + 1)


def _save(task: Task, profile: Profile) -> None:
    with transaction() as session:
        contact = session.get_one(
            Contact, task.contact_id, with_for_update=True, populate_existing=True
        )
        had_picture = contact.profile_picture_url
        if not contact.name_by_hand:
            contact.name = profile.name or contact.name
        contact.username = profile.username or contact.username
        contact.profile_picture_url = profile.picture_url or had_picture
        contact.profile_due_at, contact.profile_attempts = None, 0
        # The rows of the list show name and picture.
        rows = update(Conversation).where(Conversation.contact_id == contact.id)
        rows = rows.values(contact_id=contact.id).returning(Conversation.id)
        ids = session.scalars(rows.execution_options(synchronize_session=False)).all()
        announce(conversations=ids, contacts=[contact.id])
        if contact.profile_picture_url != had_picture:
            copy_profile_picture(contact.id)


def _try_again(task: Task, after: timedelta, *, tries: int) -> None:
    with transaction() as session:
        session.execute(profile_due.due_again(task.contact_id, after, tries=tries))


def _pause_page(task: Task, wait: timedelta) -> None:
    """Calls made while throttled prolong it: no profile of this Page is asked for meanwhile."""
    with transaction() as session:
        session.execute(profile_due.page_due_again(task.page.id, max(wait, WHEN_THROTTLED)))
