"""The card of a connected Page: its state, its newest sync, its settings, and its markup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from inbox import partials, shapes
from inbox.actions.facebook_pages.token_health import WARN_BEFORE
from inbox.config import settings
from inbox.extensions import db
from inbox.meta.access.scopes import WITHOUT
from inbox.models import FacebookPage, Pipeline, SyncJob, SyncStatus, User
from inbox.models.sync_estimate import estimate
from inbox.models.sync_history import errors_of, expected_contacts, jobs_of, newest_jobs

ERRORS_SHOWN = 20
SYNCS_SHOWN = 5


def pages_of(user: User) -> Sequence[FacebookPage]:
    """All pages of the user's organization, by name."""
    query = select(FacebookPage).where(FacebookPage.organization_id == user.organization_id)
    return db.session.scalars(query.order_by(FacebookPage.name, FacebookPage.id)).all()


def cards(pages: Sequence[FacebookPage]) -> list[shapes.Shape]:
    """Each page with `latestSync`, `recentSyncs`, `state` and `html`."""
    newest = newest_jobs(page.id for page in pages)
    pipelines = _pipelines({page.organization_id for page in pages})
    return [
        _card(page, newest.get(page.id), pipelines.get(page.organization_id, [])) for page in pages
    ]


def card(page: FacebookPage) -> shapes.Shape:
    return cards([page])[0]


def sync_status(job: SyncJob) -> shapes.Shape:
    """The job with everything that failed in it."""
    return shapes.sync_job(job, errors_of(job.id)) | _outlook(job)


def _pipelines(organization_ids: set[int]) -> dict[int, list[shapes.Shape]]:
    """`{id, name}` of each, by organization."""
    found: dict[int, list[shapes.Shape]] = {}
    for organization_id in organization_ids:
        rows = db.session.scalars(Pipeline.in_organization(organization_id))
        found[organization_id] = [{"id": str(row.id), "name": row.name} for row in rows]
    return found


def _card(page: FacebookPage, job: SyncJob | None, pipelines: list[shapes.Shape]) -> shapes.Shape:
    recent, _ = jobs_of(page.id, after=None, limit=SYNCS_SHOWN)
    shape = _page(page) | {
        "state": _state(page, job),
        "latestSync": job and shapes.sync_job(job, errors_of(job.id, ERRORS_SHOWN)) | _outlook(job),
        "recentSyncs": [shapes.sync_job(row) for row in recent],
        "pipelines": pipelines,
        "now": shapes.timestamp(datetime.now(UTC)),
    }
    return shape | {"html": partials.page_card_html(shape)}


def _page(row: FacebookPage) -> shapes.Shape:
    return shapes.facebook_page(row) | {
        "autoSync": row.auto_sync,
        "syncInterval": row.sync_interval,
        "autoPipelineId": row.auto_pipeline_id and str(row.auto_pipeline_id),
        "autoPipelineMode": row.auto_pipeline_mode,
        "lastSyncedAt": shapes.timestamp(row.last_synced_at),
        "connectedAt": shapes.timestamp(row.connected_at),
        "disconnectedAt": shapes.timestamp(row.disconnected_at),
        "tokenExpiresAt": shapes.timestamp(row.token_expires_at),
        "dataAccessExpiresAt": shapes.timestamp(row.data_access_expires_at),
        "missingScopes": row.missing_scopes,
        "warnings": _warnings(row),
        "createdAt": shapes.timestamp(row.created_at),
    }


def _warnings(row: FacebookPage) -> list[shapes.Shape]:
    """`{text, at}`: what will end soon, and what the connection lacks."""
    if row.disconnected_at is not None or row.needs_reconnect:
        return []
    soon = datetime.now(UTC) + WARN_BEFORE
    ends = [("This connection ends", row.token_expires_at)]
    if row.instagram_account_id:  # only its permissions end with it
        ends.append(("Meta withholds Instagram messages from", row.data_access_expires_at))
    warnings = [
        {"text": text, "at": shapes.timestamp(at)}
        for text, at in ends
        if at is not None and at < soon
    ]
    return warnings + [{"text": WITHOUT[scope], "at": None} for scope in row.missing_scopes]


def _state(page: FacebookPage, job: SyncJob | None) -> str:
    """The one thing to say of this page. A page that Meta refuses says only that."""
    if page.disconnected_at is not None:
        return "DISCONNECTED"
    if page.needs_reconnect:
        return "TOKEN_EXPIRED"
    return "IDLE" if job is None else job.status


def _outlook(job: SyncJob) -> shapes.Shape:
    """`expectedContacts`, `callsLeft` and `secondsLeft` are null where nobody can know them."""
    if job.status not in (SyncStatus.IN_PROGRESS, SyncStatus.PAUSED):
        return {"expectedContacts": None, "callsLeft": None, "secondsLeft": None, "isLeast": False}
    expected = expected_contacts(job)
    accounts = 2 if job.facebook_page.instagram_account_id else 1
    allowed = settings().conversation_calls_per_second * accounts
    found = estimate(job, expected, calls_per_second=allowed, now=datetime.now(UTC))
    is_in_reach = expected is not None and job.total_contacts <= expected
    return {
        "expectedContacts": expected if is_in_reach else None,
        "callsLeft": found and found.calls_left,
        "secondsLeft": found and round(found.seconds_left),
        "isLeast": bool(found and found.is_least),
    }
