"""A page of the pretend Meta that is connected here, its syncs, and who asks for them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from inbox.actions import pages
from inbox.models import FacebookPage, Organization, SyncJob, SyncKind, SyncStatus
from inbox.simulator.server import Simulator
from tests.cast import Browser, insert
from workers.sync import run_sync

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


def start(admin: Browser, page: FacebookPage, **body: Any) -> Shape:
    answer = admin.post("/api/facebook/sync-background", json={"facebookPageId": page.id} | body)
    assert answer.status_code == 200, answer.text
    found: Shape = answer.json
    return found


def status(admin: Browser, job_id: object) -> Shape:
    answer = admin.get(f"/api/facebook/sync-status/{job_id}")
    assert answer.status_code == 200, answer.text
    found: Shape = answer.json
    return found


def run(app: Flask, job_id: object) -> None:
    """As a worker does, to its end."""
    with app.app_context():
        run_sync(int(str(job_id)))
