"""A page of the pretend Meta with a past, in a process of its own, and the same page in Inbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis
import requests
from flask import Flask
from sqlalchemy import select

from bench.payloads import APP_SECRET, PAGE_ID
from bench.stage import EMPTY, Stage, settings_of
from inbox import create_app
from inbox.actions import sync
from inbox.actions.facebook_pages.pages import connect_page
from inbox.config import Config
from inbox.db import transaction
from inbox.extensions import db
from inbox.local.processes import Process, free_port
from inbox.models import FacebookPage, Organization, SyncJob

INSTAGRAM_ID = "17841000100200300"
BURST = 6  # calls: a busy machine bunches what was sent in its turn
TOKEN = "EAAB" + "ab" * 40


@dataclass(frozen=True)
class Past:
    """How much was said on the page, and how Meta lets it be read. `law`: calls a second for each
    account, 0 for any number. `page_id` is Meta's."""

    threads: int
    sigma: float = 0.9
    mean: float = 35.0
    latency: float = 0.15
    law: int = 0
    page_id: str = PAGE_ID


@dataclass
class PretendPage:
    url: str
    past: Past
    process: Process

    def ask(self, path: str) -> Any:
        return requests.get(f"{self.url}/simulator/{path}", timeout=120).json()

    def calls(self) -> int:
        """Graph calls so far."""
        return sum(call["status"] == 200 for call in self.ask("calls"))

    def refused(self) -> int:
        return sum(call["status"] != 200 for call in self.ask("calls"))

    def fewest_calls(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"generated/{self.past.page_id}/fewest_calls")
        return found

    def messages(self) -> int:
        """Those that Meta tells details of."""
        return int(self.ask(f"generated/{self.past.page_id}")["detailed"])


def pretend_page(stage: Stage, past: Past) -> PretendPage:
    port = free_port()
    generated = f"threads={past.threads},mean={past.mean},sigma={past.sigma}"
    process = stage.start(
        "simulator", "-m", "inbox.simulator", "--port", str(port),
        "--webhook-url", "http://127.0.0.1:1/", "--app-secret", APP_SECRET,
        "--verify-token", "bench", "--page-id", past.page_id, "--page-token", TOKEN,
        "--instagram-account-id", INSTAGRAM_ID, "--generated", generated,
        "--latency", str(past.latency), "--law", str(past.law), "--law-burst", str(BURST),
    )  # fmt: skip
    page = PretendPage(f"http://127.0.0.1:{port}", past, process)
    process.wait_until(lambda: _answers(page))
    return page


def _answers(page: PretendPage) -> bool:
    try:
        return bool(page.ask("limits"))
    except requests.RequestException:
        return False


@dataclass
class Import:
    """Inbox with the page connected and an idle worker for its sync."""

    app: Flask
    worker: Process
    page_id: int
    connection: Any

    def begin(self) -> None:
        with self.app.app_context():
            sync.request_sync(db.session.get_one(FacebookPage, self.page_id))

    def cancel(self) -> None:
        with self.app.app_context():
            job = db.session.scalars(select(SyncJob).order_by(SyncJob.id.desc()).limit(1)).one()
            sync.cancel(job)

    def status(self) -> str:
        return self._look()[1]

    def run(self) -> tuple[float, float]:
        """Seconds until 20 threads stand in the list, and until all is done."""
        began = time.monotonic()
        self.begin()
        visible = 0.0
        while True:
            count, status = self._look()
            visible = visible or (time.monotonic() - began if count >= 20 else 0.0)
            if status not in ("PENDING", "IN_PROGRESS"):
                assert status == "COMPLETED", status
                return visible, time.monotonic() - began
            time.sleep(0.02)

    def _look(self) -> tuple[int, str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM (SELECT FROM conversations LIMIT 20) AS shown),"
                " status FROM sync_jobs ORDER BY id DESC LIMIT 1"
            )
            count, status = cursor.fetchone()
            return count, status

    def count(self, what: str) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(what)
            return int(cursor.fetchone()[0])


@contextmanager
def importing(stage: Stage, name: str, meta: PretendPage) -> Iterator[Import]:
    """In a database of its own, by this name."""
    stage.stores.postgresql.run(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
    with importing_into(stage, stage.stores.postgresql.url(name), meta) as imported:
        yield imported


@contextmanager
def importing_into(stage: Stage, url: str, meta: PretendPage) -> Iterator[Import]:
    """Of the database's organization, if it has one."""
    settings = {"DATABASE_URL": url, "FACEBOOK_GRAPH_URL": meta.url}
    settings["FACEBOOK_CONVERSATION_CALLS_PER_SECOND"] = str(meta.past.law or 100_000)
    app = create_app(Config.from_environment(settings_of(stage.stores) | settings))
    worker = stage.start("worker", "-m", "workers", "sync", **settings)
    with app.app_context(), transaction() as session:
        organization = session.scalar(select(Organization)) or Organization(name="Bench")
        session.add(organization)
        session.flush()
        page = connect_page(
            organization, page_id=meta.past.page_id, name="Bench", token=TOKEN,
            instagram_account_id=INSTAGRAM_ID,
        )  # fmt: skip
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with redis.Redis.from_url(stage.stores.redis.url) as client:
        worker.wait_until(lambda: bool(client.scard("rq:workers")))
    yield Import(app, worker, page.id, connection)
    connection.close()
    worker.stop()
    with app.app_context():
        db.engine.dispose()
