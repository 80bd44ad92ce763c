"""Page syncs: started, followed, and stopped."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.actions import sync
from inbox.actions.refusal import Refusal
from inbox.models import FacebookPage, SyncJob, SyncKind
from inbox.models.sync_history import errors_of
from inbox.web import access, page_cards
from inbox.web.api import parameters
from inbox.web.csv_answers import csv_answer
from inbox.web.errors import Invalid, answer
from inbox.web.identity import admin_required, signed_in_user
from inbox.web.sync_report import report

blueprint = Blueprint("api_syncs", __name__, url_prefix="/api/facebook")

MOST_DAYS = 3650
KINDS = (SyncKind.EVERYTHING, SyncKind.CHANGES, SyncKind.LAST_DAYS)


@blueprint.post("/sync-background")
@admin_required
def start() -> ResponseReturnValue:
    """`{facebookPageId, kind?, days?}` → `{success, jobId, message}`: a new job, or the one that
    is active already. `kind` is EVERYTHING (default), CHANGES or LAST_DAYS, with `days`. 409 for a
    page that must be reconnected."""
    body = parameters.json_object()
    page = _page(body)
    kind, days = _kind_and_days(body)
    return _started(lambda: sync.request_sync(page, kind=kind, days=days, by=signed_in_user()))


@blueprint.get("/sync-status/<job_id>")
@admin_required
def status(job_id: str) -> ResponseReturnValue:
    return page_cards.sync_status(_job(job_id))


@blueprint.post("/sync-jobs/<job_id>/pause")
@admin_required
def pause(job_id: str) -> ResponseReturnValue:
    """It stops after the slice at hand → the job. 409 for one that has ended."""
    return _turned(_job(job_id), sync.pause)


@blueprint.post("/sync-jobs/<job_id>/resume")
@admin_required
def resume(job_id: str) -> ResponseReturnValue:
    """A paused one goes on → the job."""
    return _turned(_job(job_id), sync.resume)


@blueprint.post("/sync-jobs/<job_id>/cancel")
@admin_required
def cancel(job_id: str) -> ResponseReturnValue:
    """It ends; what was imported stays → the job."""
    return _turned(_job(job_id), sync.cancel)


@blueprint.post("/sync-jobs/<job_id>/retry")
@admin_required
def retry(job_id: str) -> ResponseReturnValue:
    """A new job that goes on where this failed one stopped, as `sync-background` answers."""
    job = _job(job_id)
    return _started(lambda: sync.retry(job, job.facebook_page, by=signed_in_user()))


@blueprint.post("/sync-jobs/<job_id>/retry-failed")
@admin_required
def retry_failed(job_id: str) -> ResponseReturnValue:
    """A new job over the threads that failed in this one, as `sync-background` answers."""
    job = _job(job_id)
    return _started(lambda: sync.retry_failed(job, job.facebook_page, by=signed_in_user()))


@blueprint.get("/sync-jobs/<job_id>/report.csv")
@admin_required
def download_report(job_id: str) -> ResponseReturnValue:
    """What failed, row by row, and a summary."""
    job = _job(job_id)
    return csv_answer(f"sync-{job.id}.csv", report(job, errors_of(job.id)))


def _job(job_id: str) -> SyncJob:
    return access.sync_job(job_id, user=signed_in_user())


def _started(request_job: Callable[[], tuple[SyncJob, bool]]) -> ResponseReturnValue:
    try:
        job, is_new = request_job()
    except Refusal as refusal:
        return answer(409, refusal.message)
    message = "Sync started" if is_new else "Sync already in progress"
    return {"success": True, "jobId": str(job.id), "message": message}


def _turned(job: SyncJob, turn: Callable[[SyncJob], None]) -> ResponseReturnValue:
    try:
        turn(job)
    except Refusal as refusal:
        return answer(409, refusal.message)
    return page_cards.sync_status(_job(str(job.id)))


def _page(body: dict[str, object]) -> FacebookPage:
    key = body.get("facebookPageId")
    if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
        raise Invalid(facebookPageId="facebookPageId must be the id of a connected page.")
    return access.page(str(key), user=signed_in_user())


def _kind_and_days(body: dict[str, object]) -> tuple[SyncKind, int | None]:
    """Raises `Invalid`, also for what is not asked for."""
    kind, days = body.get("kind", SyncKind.EVERYTHING), body.get("days")
    faults = dict.fromkeys(body.keys() - {"facebookPageId", "kind", "days"}, "Not known here.")
    if kind not in KINDS:
        faults["kind"] = f"kind must be one of {', '.join(KINDS)}."
    is_whole = isinstance(days, int) and not isinstance(days, bool)
    if kind == SyncKind.LAST_DAYS and not (is_whole and 1 <= days <= MOST_DAYS):  # type: ignore[operator]  # is_whole
        faults["days"] = f"days must be a whole number from 1 to {MOST_DAYS}."
    elif kind != SyncKind.LAST_DAYS and days is not None:
        faults["days"] = "days goes with the kind LAST_DAYS only."
    if faults:
        raise Invalid(**faults)
    return SyncKind(str(kind)), days if isinstance(days, int) else None
