"""Fixtures: a connected page with an auto-pipeline, keys, and the pretend Gemini behind them.

Jobs of the queue `ai` run in the test's own process, as a worker runs them, and what the clock does
is called by its table's names; `test_deaths.py` has real workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from inbox import create_app
from inbox.actions import sync
from inbox.actions.ai import analyzing, sweeping
from inbox.actions.facebook_pages.pages import connect_page
from inbox.actions.pipelines.first import default_pipeline
from inbox.config import Config
from inbox.db import transaction
from inbox.extensions import db
from inbox.local.stores import Stores
from inbox.models import FacebookPage, Organization, PipelineMode, Role, SyncKind, User
from inbox.simulator.gemini import PretendGemini
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests import cast
from tests.apps import Environment
from tests.stores import Database

Row = dict[str, Any]
KEYS = ("the first key of the tests", "the second key of the tests")


@dataclass
class Office:
    """`page` has an auto-pipeline, the organization's Sales; Alice is an admin."""

    app: Flask
    meta: Simulator
    database: Database
    redis: Redis
    organization: Organization
    page: FacebookPage
    alice: User
    restarted: Callable[..., Flask]
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def gemini(self) -> PretendGemini:
        return self.meta.gemini

    def restart(self, **changes: str) -> None:
        """Our processes begin anew, with other settings."""
        self.app = self.restarted(**changes)

    def hears(self, name: str, *texts: str) -> Person:
        """Somebody has written these to the page; our side learns of it by a sync."""
        person = self.people.get(name) or self.meta.add_person(name)
        self.people[name] = person
        for text in texts:
            self.meta.says(person, text)
        return person

    def sync(self, kind: SyncKind = SyncKind.EVERYTHING) -> Row:
        """One whole sync; answers its job."""
        with self.app.app_context():
            page = db.session.get_one(FacebookPage, self.page.id, populate_existing=True)
            job_id = sync.request_sync(page, kind=kind)[0].id
            sync.run_sync(job_id)
        (row,) = self.database.rows("SELECT * FROM sync_jobs WHERE id = %s", job_id)
        assert row["status"] == "COMPLETED", row
        return row

    def work(self) -> int:
        """What a worker does until nothing is due; answers in how many pieces."""
        pieces = 1
        with self.app.app_context():
            while analyzing.work():
                pieces += 1
            db.session.remove()
        return pieces

    def waiting_jobs(self) -> int:
        return self._queue().count

    def _queue(self) -> Queue:
        return Queue("ai", connection=self.redis, serializer=JSONSerializer)

    def run_jobs(self) -> list[str]:
        """Every job that waits in the queue, as a worker runs it; answers their names."""
        queue, done = self._queue(), []
        for job_id in queue.job_ids:
            job = queue.fetch_job(job_id)
            queue.remove(job_id)
            assert job is not None
            module, _, name = (job.func_name or "").rpartition(".")
            with self.app.app_context():
                getattr(import_module(module), name)(*job.args)
                db.session.remove()
            done.append(name)
        return done

    def token(self, user: User) -> dict[str, str]:
        """Headers of a program that acts for this person."""
        with self.app.app_context():
            return {"Authorization": f"Bearer {cast.api_token(user)}"}

    def sweep(self) -> None:
        """What the clock does every 5 s."""
        with self.app.app_context():
            sweeping.sweep_interactions()
            sweeping.sweep_requests()

    def contact(self, name: str) -> Row:
        (row,) = self.database.rows(
            "SELECT contacts.*, pipeline_stages.name AS stage FROM contacts"
            " LEFT JOIN pipeline_stages ON pipeline_stages.id = stage_id"
            " WHERE contacts.name = %s",
            name,
        )
        return row

    def analyses(self, name: str) -> list[Row]:
        """The oldest first."""
        return self._of(name, "analyses")

    def activities(self, name: str) -> list[Row]:
        return self._of(name, "contact_activities")

    def requests(self) -> list[Row]:
        return self.database.rows("SELECT * FROM analysis_requests ORDER BY id")

    def calls(self) -> int:
        return len(self.gemini.calls)

    def set_page(self, **columns: Any) -> None:
        self._set(FacebookPage, self.page.id, columns)

    def set_organization(self, **columns: Any) -> None:
        self._set(Organization, self.organization.id, columns)

    def _of(self, name: str, table: str) -> list[Row]:
        contact_id = self.contact(name)["id"]
        return self.database.rows(
            f"SELECT * FROM {table} WHERE contact_id = %s ORDER BY id", contact_id
        )

    def _set(self, model: Any, row_id: int, columns: dict[str, Any]) -> None:
        with self.app.app_context(), transaction() as session:
            row = session.get_one(model, row_id)
            for name, value in columns.items():
                setattr(row, name, value)


@pytest.fixture
def worker_app(environment: Environment) -> Iterator[Callable[..., Flask]]:
    """The app as a worker has it, with other settings."""
    made: list[Flask] = []

    def make(**changes: str) -> Flask:
        made.append(create_app(Config.from_environment(environment | changes), "worker"))
        made[-1].testing = True
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def redis(stores: Stores) -> Redis:
    return Redis.from_url(stores.redis.url)


@pytest.fixture
def office_with(
    worker_app: Callable[..., Flask],
    environment: Environment,
    meta: Simulator,
    database: Database,
    redis: Redis,
) -> Callable[..., Office]:
    """`office_with(GOOGLE_AI_API_KEY="")`: with other settings."""

    def make(**changes: str) -> Office:
        ours = {
            "GOOGLE_AI_API_KEY": KEYS[0],
            "GOOGLE_AI_API_KEY_2": KEYS[1],
            "GOOGLE_AI_ENDPOINT": environment["FACEBOOK_GRAPH_URL"],
            "DATABASE_CONNECTIONS": "40",
        }

        def start(**more: str) -> Flask:
            return worker_app(**(ours | changes | more))

        app = start()
        meta.webhooks.holding = True
        with app.app_context():
            organization = cast.organization()
            page = connect_page(
                organization,
                page_id=meta.page.id,
                name=meta.page.name,
                token=meta.page.token,
                instagram_account_id=meta.page.instagram_account_id,
            )
            pipeline = default_pipeline(organization.id)
            page.auto_pipeline_id = pipeline.id
            page.auto_pipeline_mode = PipelineMode.SKIP_EXISTING
            cast.insert(page)
            alice = cast.user(organization, "Alice", Role.ADMIN)
        return Office(app, meta, database, redis, organization, page, alice, start)

    return make


@pytest.fixture
def office(office_with: Callable[..., Office]) -> Office:
    return office_with()
