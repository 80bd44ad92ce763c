"""Fixtures: a page of the pretend Meta with a past, connected here, and its imports.

Syncs run in the test's own process, as a worker runs them; `test_deaths.py` has real workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from inbox.actions import sync
from inbox.actions.facebook_pages.pages import connect_page
from inbox.extensions import db
from inbox.models import FacebookPage, Organization, SyncJob, SyncKind
from inbox.simulator.generated_counts import totals
from inbox.simulator.server import Simulator
from inbox.simulator.world import Page
from tests import cast
from tests.sending import conftest as desk
from tests.stores import Database

Row = dict[str, Any]
redis, ears = desk.redis, desk.ears  # fixtures
PLATFORMS = {"messenger": "FACEBOOK", "instagram": "INSTAGRAM"}
SUMS = """
    SELECT conversations.platform, count(DISTINCT conversations.id) AS threads,
        count(*) AS messages, count(DISTINCT messages.mid) AS mids,
        sum(('x' || left(md5(mid), 15))::bit(60)::bigint)::text AS checksum
    FROM conversations JOIN messages ON messages.conversation_id = conversations.id
    WHERE conversations.facebook_page_id = %s GROUP BY 1
"""


@dataclass
class Shop:
    """A connected page, and what stands in the database about it."""

    app: Flask
    meta: Simulator
    database: Database
    page: FacebookPage

    def request(self, kind: SyncKind = SyncKind.EVERYTHING, **more: Any) -> int:
        """The id of the job, new or under way."""
        with self.app.app_context():
            page = db.session.get_one(FacebookPage, self.page.id)
            return sync.request_sync(page, kind=kind, **more)[0].id

    def run(self, job_id: int) -> Row:
        """As a worker does, to its end."""
        with self.app.app_context():
            sync.run_sync(job_id)
        return self.job(job_id)

    def sync(self, kind: SyncKind = SyncKind.EVERYTHING, **more: Any) -> Row:
        return self.run(self.request(kind, **more))

    def retry(self, job_id: int, *, only_failed: bool = False) -> int:
        with self.app.app_context():
            page = db.session.get_one(FacebookPage, self.page.id)
            job, by = db.session.get_one(SyncJob, job_id), cast.user(page.organization, "Alice")
            again = sync.retry_failed if only_failed else sync.retry
            return again(job, page, by=by)[0].id

    def job(self, job_id: int) -> Row:
        (row,) = self.database.rows("SELECT * FROM sync_jobs WHERE id = %s", job_id)
        return row

    def errors(self, job_id: int) -> list[Row]:
        return self.database.rows(
            "SELECT * FROM sync_errors WHERE sync_job_id = %s ORDER BY id", job_id
        )

    def sums(self) -> dict[str, Row]:
        """By platform: threads, messages, mids, and their checksum."""
        rows = self.database.rows(SUMS, self.page.id)
        return {row.pop("platform"): row for row in map(dict, rows)}

    def sums_at_meta(self) -> dict[str, Row]:
        """The same of what Meta tells details of."""
        return {
            PLATFORMS[platform]: {
                "threads": tally["threads"],
                "messages": tally["detailed"],
                "mids": tally["detailed"],
                "checksum": tally["detailedChecksum"],
            }
            for platform, tally in totals(self.meta, self.meta.page).items()
            if tally["threads"]
        }

    def is_whole(self) -> bool:
        return self.sums() == self.sums_at_meta()

    def calls(self, door: str = "") -> int:
        return sum(door in ("", call["door"]) for call in self.meta.calls)

    def unread(self) -> int:
        return int(self.database.value("SELECT coalesce(sum(unread_count), 0) FROM conversations"))


@pytest.fixture
def shop(app: Flask, meta: Simulator, database: Database) -> Shop:
    """Nobody has written yet; `shop.meta.generate(…)` gives it a past."""
    meta.webhooks.holding = True  # nobody receives them here, unless a test lets them go
    with app.app_context():
        page = connected(cast.organization(), meta.page)
    return Shop(app, meta, database, page)


def connected(organization: Organization, page: Page) -> FacebookPage:
    """Inside an app context: the same page on our side."""
    return connect_page(
        organization,
        page_id=page.id,
        name=page.name,
        token=page.token,
        instagram_account_id=page.instagram_account_id,
    )
