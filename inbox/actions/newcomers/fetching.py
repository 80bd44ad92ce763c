"""Auto-fetch: what Meta knows of somebody who wrote for the first time, at once.

Ingest makes the job with the contact and nudges a worker; the clock finds what was lost. A job is
held by a lease and fenced by its `attempt`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, func, literal, select, update

from inbox.actions.facebook_pages.page_access import MUST_RECONNECT, access_to, note_refused_token
from inbox.actions.leases import kept
from inbox.actions.newcomers.fetching_history import fetch_history
from inbox.actions.newcomers.profiles import fetch_profile
from inbox.actions.sync.reasons import OUR_FAULT, reason
from inbox.db import transaction
from inbox.jobs import enqueue
from inbox.meta.access.page_access import PageAccess
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.models import Contact, FacebookPage, FetchJob, FetchStatus, Platform
from inbox.models.fetch_job import UNDER_WAY

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
AT_MOST = 120.0  # seconds; then it has hung
FIRST_PAUSE = timedelta(seconds=10)  # twice as long after each failure
MOST_TRIES = 5
KEPT_FOR = timedelta(days=7)
MOST_MORE = 200
MOST_ASKED = 8  # nudges of one sweep; whoever is nudged goes on with the others
JOB = "workers.contacts.run_fetch"


@dataclass(frozen=True)
class Fetch:
    """One job in the hands of this worker."""

    id: int
    attempt: int
    contact: Contact
    platform: Platform
    page: FacebookPage
    access: PageAccess | None

    def ours(self) -> Update:
        return update(FetchJob).where(
            FetchJob.id == self.id,
            FetchJob.attempt == self.attempt,
            FetchJob.status == FetchStatus.RUNNING,
        )


def run_fetch(job_id: int) -> None:
    """Runs the job if it waits or its worker has died, then others that are due, the newest first;
    several workers share them."""
    _run(_waits() & (FetchJob.id == job_id))
    for _ in range(MOST_MORE):
        if not _run(_waits() & (FetchJob.due_at <= func.now())):
            return


def sweep_fetches() -> None:
    """Every 5 s: asks workers for jobs that nobody took, and for those whose worker has died."""
    due = select(FetchJob.id).where(_waits(), FetchJob.due_at <= func.now())
    with transaction() as session:
        for job_id in session.scalars(due.order_by(FetchJob.id.desc()).limit(MOST_ASKED)).all():
            enqueue("default", JOB, job_id)


def prune_fetches() -> None:
    """Every hour: what ended long ago is of no interest any more."""
    ended = FetchJob.status.not_in(UNDER_WAY) & (FetchJob.completed_at < func.now() - KEPT_FOR)
    with transaction() as session:
        session.execute(delete(FetchJob).where(ended))


def _waits() -> ColumnElement[bool]:
    has_died = (FetchJob.status == FetchStatus.RUNNING) & (FetchJob.lease_until < func.now())
    return (FetchJob.status == FetchStatus.PENDING) | has_died


def _run(which: ColumnElement[bool]) -> bool:
    fetch = _claim(which)
    if fetch is None:
        return False
    with kept(lambda: _write(fetch), at_most=AT_MOST):
        try:
            _fetch(fetch)
        except MetaError as error:
            _failed(fetch, error)
        except Exception:
            log.exception("Fetching for contact %s broke off", fetch.contact.id)
            _again_or_never(fetch, OUR_FAULT)  # raises, too, if it is the database that is away
    return True


def _claim(which: ColumnElement[bool]) -> Fetch | None:
    one = select(FetchJob.id).where(which).order_by(FetchJob.id.desc()).limit(1)
    with transaction() as session:
        job_id = session.scalar(one.with_for_update(skip_locked=True))
        if job_id is None:
            return None
        job = session.get_one(FetchJob, job_id, populate_existing=True)
        job.status, job.attempt = FetchStatus.RUNNING, job.attempt + 1
        job.lease_until = func.now() + LEASE
        job.started_at = func.coalesce(FetchJob.started_at, func.now())
        session.flush()
        contact = session.get_one(Contact, job.contact_id)
        page = session.get_one(FacebookPage, job.facebook_page_id, populate_existing=True)
        return Fetch(job.id, job.attempt, contact, job.platform, page, access_to(page))


def _fetch(fetch: Fetch) -> None:
    """First the name, for which people wait; then the older messages. Raises `MetaError`."""
    if fetch.access is None:
        _write(fetch, status=FetchStatus.FAILED, error=MUST_RECONNECT, completed_at=func.now())
        return
    fetch_profile(fetch.contact.id)
    if not _write(fetch, message=_message(fetch)):
        return
    found = fetch_history(fetch.page, fetch.access, fetch.platform, fetch.contact)
    if found.wait_seconds:
        _put_off(fetch, timedelta(seconds=found.wait_seconds))
        return
    _write(
        fetch,
        status=FetchStatus.COMPLETED,
        new_messages=found.new_messages,
        message=_message(fetch),  # the list may have told the name
        error=None,
        completed_at=func.now(),
    )


def _failed(fetch: Fetch, error: MetaError) -> None:
    log.info("Nothing fetched for contact %s: %s", fetch.contact.id, error)
    note_refused_token(fetch.page, error)
    why = explain(error) if error.kind == ErrorKind.TOKEN else reason(error)
    if error.permanent:
        _write(fetch, status=FetchStatus.FAILED, error=why, completed_at=func.now())
    else:
        _again_or_never(fetch, why, at_least=timedelta(seconds=error.retry_after or 0))


def _again_or_never(fetch: Fetch, why: str, at_least: timedelta = timedelta()) -> None:
    if fetch.attempt < MOST_TRIES:
        _put_off(fetch, max(FIRST_PAUSE * 2 ** (fetch.attempt - 1), at_least), error=why)
    else:
        _write(fetch, status=FetchStatus.FAILED, error=why, completed_at=func.now())


def _put_off(fetch: Fetch, by: timedelta, **values: Any) -> None:
    _write(fetch, status=FetchStatus.PENDING, due_at=func.now() + by, **values)


def _write(fetch: Fetch, **values: Any) -> bool:
    """Writes to the job and keeps its lease; False when it is no longer ours."""
    statement = fetch.ours().values(lease_until=func.now() + LEASE, **values)
    with transaction() as session:
        written = session.scalar(
            statement.returning(FetchJob.id).execution_options(synchronize_session=False)
        )
    return written is not None


def _message(fetch: Fetch) -> ColumnElement[str]:
    """With the name as it is known now."""
    username = literal("@") + Contact.username
    number = literal("User ") + func.right(
        func.coalesce(Contact.messenger_psid, Contact.instagram_sid), 6
    )
    name = func.coalesce(Contact.name, username, number)
    known = select(literal("New message from ") + name).where(Contact.id == fetch.contact.id)
    return known.scalar_subquery()
