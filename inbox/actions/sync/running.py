"""Running a sync job: its accounts side by side, each within Meta's law for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from inbox.actions.facebook_pages.page_access import MUST_RECONNECT, access_to, note_refused_token
from inbox.actions.leases import kept
from inbox.actions.sync.account_run import AccountRun
from inbox.actions.sync.accounts import accounts_of
from inbox.actions.sync.asking import Asking
from inbox.actions.sync.background import started
from inbox.actions.sync.calls import Calls
from inbox.actions.sync.failed_threads import FailedThreadsRun
from inbox.actions.sync.fence import Fence, StoppedError, claim
from inbox.actions.sync.reasons import OUR_FAULT, reason
from inbox.actions.sync.storing import Keeper
from inbox.config import settings
from inbox.db import transaction
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.meta.past.history import History
from inbox.meta.past.history_messages import Account
from inbox.meta.past.law import Law
from inbox.models import FacebookPage, SyncJob, SyncKind
from inbox.redis_client import connect

log = logging.getLogger(__name__)

A_DAY = 24 * 3600.0
MOST_ATTEMPTS = 5  # an error of ours will not go away by itself
OURS = (DataError, IntegrityError, ProgrammingError)  # of what the database refuses


def run_sync(job_id: int) -> None:
    """Runs the job if it waits or its worker has died; else does nothing. Progress, waits and
    errors stand in its row; it ends there too."""
    fence = claim(job_id)
    if fence is None:
        return
    stopped = threading.Event()
    with kept(lambda: _keep(fence, stopped), at_most=A_DAY):
        try:
            _run(fence, stopped)
        except StoppedError:
            log.info("Sync %d was stopped or taken over", job_id)
        except Exception as error:
            log.exception("Sync %d broke off at attempt %d", job_id, fence.attempt)
            _give_up_or_wait(fence, error)
        finally:
            stopped.set()


def _give_up_or_wait(fence: Fence, error: Exception) -> None:
    """Mostly the database is away: another attempt goes on when the lease has run out."""
    is_away = isinstance(error, SQLAlchemyError) and not isinstance(error, OURS)
    if not is_away and fence.attempt >= MOST_ATTEMPTS:
        with suppress(StoppedError):
            fence.fail(OUR_FAULT)


def _keep(fence: Fence, stopped: threading.Event) -> bool:
    if stopped.is_set() or not fence.keep():
        stopped.set()
        return False
    return True


def _run(fence: Fence, stopped: threading.Event) -> None:
    with transaction() as session:
        job = session.get_one(SyncJob, fence.job_id, populate_existing=True)
        page = session.get_one(FacebookPage, job.facebook_page_id, populate_existing=True)
        access = access_to(page)
    if access is None:
        fence.fail(MUST_RECONNECT, token_expired=True)
        return
    task = Task(fence, stopped, job, page, access)
    runs = [task.run_of(account) for account in accounts_of(page)]
    _finish(fence, page, _side_by_side(runs, stopped))


@dataclass(frozen=True)
class Task:
    """One job in the hands of this worker."""

    fence: Fence
    stopped: threading.Event
    job: SyncJob
    page: FacebookPage
    access: PageAccess

    def run_of(self, account: Account) -> Callable[[], None]:
        config, job = settings(), self.job
        law = Law(connect(config.redis_url), account.id, config.conversation_calls_per_second)
        history = History(graph(), self.access, account)
        asking = Asking(history, Calls(law, self.fence, self.stopped))
        position: dict[str, Any] = job.checkpoint.get(account.platform, {})
        since = self._since(position)
        keeper = Keeper(account, self.page.id, job.id, self._repair_from(since))
        if job.kind == SyncKind.FAILED:
            failed_in = job.resumed_from_id or 0
            return FailedThreadsRun(asking, keeper, self.fence, failed_in, position).run
        return AccountRun(asking, keeper, self.fence, since=since, position=position).run

    def _since(self, position: dict[str, Any]) -> datetime | None:
        """An account whose last sync ended with an error has more to make up for."""
        if "since" not in position:
            return self.job.since
        since = position["since"]
        return since and datetime.fromisoformat(since)

    def _repair_from(self, since: datetime | None) -> datetime | None:
        """Where nothing was ever synced, what came since we have the page may have been missed."""
        is_repair = self.job.kind == SyncKind.CHANGES
        return (since or self.page.created_at) if is_repair else None


def _side_by_side(
    runs: list[Callable[[], None]], stopped: threading.Event
) -> list[MetaError | None]:
    """Runs each, and answers what ended it, if anything did. Raises `StoppedError`, and whatever
    else broke one of them: the job goes on from its checkpoint once its lease has run out."""

    def run(one: Callable[[], None]) -> MetaError | None:
        try:
            one()
        except MetaError as error:
            if error.kind == ErrorKind.TOKEN:
                stopped.set()  # it is the other account's token too
            return error
        except BaseException:
            stopped.set()
            raise
        return None

    futures = [started(partial(run, one)) for one in runs]
    wait(futures)
    broken = [error for future in futures if (error := future.exception()) is not None]
    found = [future.result() for future in futures if future.exception() is None]
    # A dead token stops the other account: that stop is no person's.
    if any(error and error.kind == ErrorKind.TOKEN for error in found):
        return found
    for error in sorted(broken, key=lambda error: isinstance(error, StoppedError)):
        raise error
    return found


def _finish(fence: Fence, page: FacebookPage, ended_by: list[MetaError | None]) -> None:
    """`ended_by`: of each account, Messenger's first. What Meta withholds of Instagram alone (a
    permission, most of the time) is told, and does not keep the Page from being synced."""
    errors = [error for error in ended_by if error is not None]
    token_error = next((error for error in errors if error.kind == ErrorKind.TOKEN), None)
    if token_error is not None:
        note_refused_token(page, token_error)
        fence.fail(explain(token_error), token_expired=True)
    elif ended_by[0] is not None or any(not error.permanent for error in errors):
        fence.fail(reason(errors[0]))
    else:
        fence.complete(page, errors)
