"""A page of the pretend Meta that is connected here, its syncs, and who asks for them."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from inbox.actions.facebook_pages import pages
from inbox.actions.sync import run_sync
from inbox.models import FacebookPage, Organization, SyncJob, SyncKind, SyncStatus
from inbox.simulator.server import Simulator
from tests.cast import Browser, insert

Shape = dict[str, Any]


def connect(organization: Organization, meta: Simulator) -> FacebookPage:
    """With Instagram."""
    return pages.connect_page(
        organization,
        page_id=meta.page.id,
        name=meta.page.name,
        token=meta.page.token,
        instagram_account_id=meta.page.instagram_account_id,
    )


def job(page: FacebookPage, status: SyncStatus, **columns: Any) -> SyncJob:
    """A sync that stands as the test says."""
    columns.setdefault("kind", SyncKind.EVERYTHING)
    return insert(
        SyncJob(
            organization_id=page.organization_id,
            facebook_page_id=page.id,
            status=status,
            **columns,
        )
    )


def json_of(answer: TestResponse) -> Any:
    """What a 200 answers."""
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def start(admin: Browser, page: FacebookPage, **body: Any) -> Shape:
    given = {"facebookPageId": page.id} | body
    found: Shape = json_of(admin.post("/api/facebook/sync-background", json=given))
    return found


def status(admin: Browser, job_id: object) -> Shape:
    found: Shape = json_of(admin.get(f"/api/facebook/sync-status/{job_id}"))
    return found


def run(app: Flask, job_id: object) -> None:
    """As a worker does, to its end."""
    with app.app_context():
        run_sync(int(str(job_id)))
