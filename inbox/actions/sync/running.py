"""Running a sync job: its accounts side by side, each within Meta's law for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from inbox.actions.leases import kept
from inbox.actions.page_access import MUST_RECONNECT, access_to, note_refused_token
from inbox.actions.sync.account_run import AccountRun
from inbox.actions.sync.asking import Asking
from inbox.actions.sync.failed_threads import FailedThreadsRun
from inbox.actions.sync.progress import Fence, StoppedError, claim
from inbox.actions.sync.storing import Keeper
from inbox.config import settings
from inbox.db import transaction
from inbox.meta.client import graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.history import History
from inbox.meta.history_messages import Account
from inbox.meta.law import Law
from inbox.meta.page_access import PageAccess
from inbox.models import FacebookPage, SyncJob, SyncKind
from inbox.redis_client import connect

log = logging.getLogger(__name__)

A_DAY = 24 * 3600.0


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
        finally:
            stopped.set()


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
    errors = [error for error in _side_by_side(runs, stopped) if error is not None]
    _finish(fence, page, errors, len(runs))


def accounts_of(page: FacebookPage) -> list[Account]:
    ours = frozenset(filter(None, (page.page_id, page.instagram_account_id)))
    accounts = [Account("FACEBOOK", page.page_id, ours)]
    if page.instagram_account_id:
        accounts.append(Account("INSTAGRAM", page.instagram_account_id, ours))
    return accounts


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
        asking = Asking(history, law, self.fence, self.stopped)
        # Only a page that was synced before can have a hole.
        repairs = job.kind == SyncKind.CHANGES and job.since is not None
        keeper = Keeper(account, self.page.id, self.fence, job.since if repairs else None)
        if job.kind == SyncKind.FAILED:
            return FailedThreadsRun(asking, keeper, self.fence, job.resumed_from_id or 0).run
        position: dict[str, Any] = job.checkpoint.get(account.platform, {})
        return AccountRun(asking, keeper, self.fence, since=job.since, position=position).run


def _side_by_side(
    runs: list[Callable[[], None]], stopped: threading.Event
) -> list[MetaError | None]:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's method

    def run(one: Callable[[], None]) -> MetaError | None:
        with app.app_context():
            try:
                one()
            except MetaError as error:
                if error.kind == ErrorKind.TOKEN:
                    stopped.set()  # it is the other account's token too
                return error
        return None

    with ThreadPoolExecutor(len(runs), thread_name_prefix="sync") as threads:
        futures = [threads.submit(run, one) for one in runs]
    # A stop by a person, or by the other account's dead token, is judged by what came first.
    found: list[MetaError | None] = []
    was_stopped = False
    for future in futures:
        try:
            found.append(future.result())
        except StoppedError:
            was_stopped = True
    if was_stopped and not any(error and error.kind == ErrorKind.TOKEN for error in found):
        raise StoppedError
    return found


def _finish(fence: Fence, page: FacebookPage, errors: list[MetaError], accounts: int) -> None:
    token_error = next((error for error in errors if error.kind == ErrorKind.TOKEN), None)
    if token_error is not None:
        note_refused_token(page, token_error)
        fence.fail(token_error.explanation, token_expired=True)
    elif len(errors) == accounts or any(not error.permanent for error in errors):
        fence.fail(errors[0].explanation)
    else:
        fence.complete(errors)
