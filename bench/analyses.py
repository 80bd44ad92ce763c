"""Analyses: how many a minute 8 keys give, beside a plain implementation of the original's way, and
how many the rules give without any.

The pretend Gemini takes 2 s for each answer and lets each key have 15 requests within any 60 s;
time is not scaled, for either side. The original asks for one contact at a time, takes the next key
when one is used up, waits 2 s between retries and 1 s after each contact; it runs for a minute.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from flask import Flask
from sqlalchemy import func, select

from bench.analyses_original import analyses_in_a_minute
from bench.figures import Report, verdict
from bench.seed import Size
from bench.stage import HOST, NOBODY, Stage, settings_of
from inbox import create_app
from inbox.actions.ai import analyzing
from inbox.actions.ai.reading import desk_of, read
from inbox.actions.ai.requesting import ask
from inbox.actions.pipelines.first import default_pipeline
from inbox.ai import fallback
from inbox.config import Config
from inbox.db import transaction
from inbox.extensions import db
from inbox.local.processes import free_port
from inbox.models import Analysis, AnalysisReason, AnalysisRequest, Contact, FacebookPage

KEYS = tuple(f"bench-key-number-{n}" for n in range(1, 9))
PER_MINUTE, SECONDS = 15, 2.0
SHORT = Size(conversations=600, messages_each=12)
LONG = Size(conversations=300, messages_each=60)  # each fills a request of its own
MANY = Size(conversations=3000, messages_each=12)
WINDOWS = 2


@dataclass
class Office:
    """A database of contacts that wait, and the pretend Gemini's address."""

    app: Flask
    gemini: str
    settings: dict[str, str]

    def ask_for_all(self) -> int:
        with self.app.app_context():
            ids = db.session.scalars(select(Contact.id)).all()
            return ask(ids, AnalysisReason.SYNC, by=None)

    def count(self, model: type[Any]) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(model)) or 0
            db.session.remove()
            return found

    def calls(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = requests.get(
            f"{self.gemini}/simulator/gemini", timeout=10
        ).json()["calls"]
        return told


def measure(stage: Stage) -> Report:
    report = Report(
        "Analyses: 8 keys at 15 requests a minute, 2 s an answer",
        ("", "contacts", "seconds", "requests", "refused", "a minute"),
    )
    original = _original(stage, report)
    _with_keys(stage, report, "short", SHORT, original)
    _with_keys(stage, report, "long", LONG, None)
    _by_rules(stage, report)
    return report


def _original(stage: Stage, report: Report) -> float:
    with _office(stage, "original", SHORT) as office:
        found = analyses_in_a_minute(office.app, office.gemini, KEYS)
        calls = office.calls()
    refused = sum(call["status"] == 429 for call in calls)
    report.rows.append(
        ("the original's way", str(found), "60", str(len(calls)), str(refused), str(found))
    )
    report.figures["original"] = {"a minute": found, "calls": len(calls)}
    return float(found)


def _with_keys(stage: Stage, report: Report, name: str, size: Size, original: float | None) -> None:
    with _office(stage, name, size) as office:
        workers = stage.start("ai", "-m", "workers", "ai", **office.settings)
        clock = stage.start("clock", "-m", "workers.clock", **office.settings)
        time.sleep(3)  # they start while nothing waits
        began = time.monotonic()
        office.ask_for_all()
        _until(lambda: office.count(AnalysisRequest) == 0, 400)
        seconds = time.monotonic() - began
        workers.stop()
        clock.stop()
        calls, analyses = office.calls(), office.count(Analysis)
    assert analyses == size.conversations, f"{analyses} of {size.conversations} analyses"
    refused = sum(call["status"] == 429 for call in calls)
    rate = analyses / seconds * 60
    report.rows.append(
        (
            f"Inbox, {name} conversations",
            str(analyses),
            f"{seconds:.0f}",
            str(len(calls)),
            str(refused),
            f"{rate:.0f}",
        )
    )
    used = _share_of_quota(calls)
    most = _most_within_a_minute(calls)
    report.figures[name] = {"seconds": seconds, "calls": len(calls), "a minute": rate, "used": used}
    if original:
        times = round(rate / original, 1)
        report.notes.append(
            f"× the original's analyses a minute: {times}, {verdict(times, least=20)}"
        )
    else:
        report.notes.append(
            f"of the quota of {WINDOWS} whole minutes used: {used:.2f}, {verdict(used, least=0.9)}"
        )
    report.notes.append(
        f"{name}: most requests of a key within a minute: {most}, {verdict(most, most=PER_MINUTE)}"
    )


def _share_of_quota(calls: list[dict[str, Any]]) -> float:
    """Of what 8 keys allow in two whole minutes from the first request on."""
    first = calls[0]["atMs"]
    early = [call for call in calls if call["atMs"] < first + WINDOWS * 60_500]
    return len(early) / (len(KEYS) * PER_MINUTE * WINDOWS)


def _most_within_a_minute(calls: list[dict[str, Any]]) -> int:
    most = 0
    for key in KEYS:
        times = [call["atMs"] for call in calls if call["key"] == key]
        most = max([most, *(sum(at <= t < at + 60_000 for t in times) for at in times)])
    return most


def _by_rules(stage: Stage, report: Report) -> None:
    """The rules alone, on one core; and with all that goes with them, in one worker's process."""
    with _office(stage, "rules", MANY, keys=()) as office, office.app.app_context():
        page = db.session.scalars(select(FacebookPage)).one()
        desk = desk_of(page.id)
        ids = db.session.scalars(select(Contact.id).limit(1000)).all()
        threads = [each.thread for each in read(ids, desk.task).values()]
        db.session.remove()
        now, began = datetime.now(UTC), time.process_time()
        for thread in threads:
            fallback.analyze(thread, desk.task, now=now)
        alone = len(threads) / (time.process_time() - began)
        office.ask_for_all()
        began = time.monotonic()
        while analyzing.work():
            pass
        whole = MANY.conversations / (time.monotonic() - began)
        db.session.remove()
    report.rows.append(("by rules", str(MANY.conversations), "", "0", "0", f"{whole * 60:.0f}"))
    report.notes += [
        f"rules alone, conversations a second and core: {alone:.0f}, {verdict(alone, least=500)}",
        f"with reading, filing and history, one worker: {whole:.0f} a second",
    ]
    report.figures["rules"] = {"alone": alone, "whole": whole}


@contextmanager
def _office(stage: Stage, name: str, size: Size, keys: tuple[str, ...] = KEYS) -> Iterator[Office]:
    url, gemini = stage.database(f"analyses_{name}", size), _gemini(stage)
    names = ["GOOGLE_AI_API_KEY", *(f"GOOGLE_AI_API_KEY_{n}" for n in range(2, 9))]
    settings = {
        "DATABASE_URL": url,
        "DATABASE_CONNECTIONS": "40",
        "GOOGLE_AI_ENDPOINT": gemini,
        "GOOGLE_AI_REQUESTS_PER_MINUTE": str(PER_MINUTE),
        **dict(zip(names, keys, strict=False)),
    }
    config = Config.from_environment(os.environ | settings_of(stage.stores) | settings)
    app = create_app(config, "worker")
    with app.app_context(), transaction() as session:
        page = session.scalars(select(FacebookPage)).one()
        page.auto_pipeline_id = default_pipeline(page.organization_id).id
        page.organization.ai_daily_cap = 1_000_000
    yield Office(app, gemini, settings)
    with app.app_context():
        db.engine.dispose()


def _gemini(stage: Stage) -> str:
    port = str(free_port())
    stage.start(
        "gemini", "-m", "inbox.simulator", "--port", port, "--webhook-url", NOBODY,
        "--app-secret", "none", "--verify-token", "none",
        "--gemini-per-minute", str(PER_MINUTE), "--gemini-latency", str(SECONDS),
    )  # fmt: skip
    url = f"http://{HOST}:{port}"
    _until(lambda: _is_there(url), 30)
    return url


def _is_there(url: str) -> bool:
    try:
        return requests.get(f"{url}/simulator", timeout=2).ok
    except requests.RequestException:
        return False


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true within {seconds:g} s"
        time.sleep(0.1)
