"""Real AI workers are killed amid their work: each contact ends with one analysis and one activity,
and a kill repeats one request at the most."""

from __future__ import annotations

import os
import random
import signal

import pytest

from inbox.local.stores import Stores
from tests.ai.conftest import KEYS, Office
from tests.ai.test_keys import LONG
from tests.apps import Environment
from tests.bounds import eventually
from tests.pids import children_of
from tests.processes import Starter

CONTACTS = 12
KILLS = 3


@pytest.fixture
def settings(environment: Environment) -> Environment:
    return {
        "GOOGLE_AI_API_KEY": KEYS[0],
        "GOOGLE_AI_ENDPOINT": environment["FACEBOOK_GRAPH_URL"],
        "GOOGLE_AI_REQUESTS_PER_MINUTE": "1000",
        "DATABASE_CONNECTIONS": "40",
    }


def begin(office: Office) -> None:
    """So many contacts wait, each for a request of its own."""
    office.gemini.limits.latency_s = 0.4
    for number in range(CONTACTS):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()


def done(office: Office) -> int:
    return int(office.database.value("SELECT count(*) FROM analyses"))


def check_each_is_there_once(office: Office, kills: int) -> None:
    eventually(lambda: office.requests() == [], 60)
    analyses = office.database.rows("SELECT contact_id FROM analyses WHERE NOT used_fallback")
    activities = office.database.rows("SELECT contact_id FROM contact_activities")
    assert len(analyses) == len({row["contact_id"] for row in analyses}) == CONTACTS
    assert len(activities) == len({row["contact_id"] for row in activities}) == CONTACTS
    assert CONTACTS <= office.calls() <= CONTACTS + kills
    asked = office.database.value("SELECT sum(requests) FROM ai_usage")
    # It is counted before it is sent.
    assert office.calls() <= asked <= office.calls() + kills
    (job,) = office.database.rows("SELECT * FROM sync_jobs")
    assert job["analyzed_total"] == CONTACTS
    eventually(lambda: office.database.value("SELECT analyzed_done FROM sync_jobs") == CONTACTS)


def test_a_killed_worker_costs_one_request_at_most(
    office: Office, start: Starter, settings: Environment
) -> None:
    seeded = random.Random(4)
    begin(office)
    start.clock(**settings)
    worker = start.workers("ai", **settings)
    for number in range(KILLS):
        goal, calls = done(office) + 1, office.calls()
        eventually(lambda goal=goal: done(office) >= goal, 40)  # type: ignore[misc]  # bound now
        eventually(lambda calls=calls: office.calls() > calls, 40)  # type: ignore[misc]
        signal.sigtimedwait([], seeded.uniform(0, 0.4))  # at any point of a request
        worker.kill()
        assert done(office) < CONTACTS, f"it was over before kill {number}"
        worker = start.workers("ai", **settings)
    check_each_is_there_once(office, KILLS)


def test_a_killed_child_is_replaced_and_costs_no_more(
    office: Office, start: Starter, settings: Environment
) -> None:
    keys = {"GOOGLE_AI_API_KEY_2": "second key", "GOOGLE_AI_API_KEY_3": "third key"}
    begin(office)
    start.clock(**settings, **keys)
    parent = start.workers("ai", **settings, **keys)
    eventually(lambda: done(office) >= 2, 40)
    children = children_of(parent.pid)
    assert len(children) == 3
    os.kill(children[0], signal.SIGKILL)
    assert done(office) < CONTACTS
    check_each_is_there_once(office, 1)
    assert len({call["key"] for call in office.gemini.calls}) == 3


def test_an_emptied_redis_costs_nothing(
    office: Office, start: Starter, settings: Environment, stores: Stores
) -> None:
    begin(office)
    start.clock(**settings)
    start.workers("ai", **settings)
    eventually(lambda: done(office) >= 2, 40)
    office.redis.flushall()
    assert done(office) < CONTACTS
    check_each_is_there_once(office, 0)


def test_a_worker_that_is_told_to_end_finishes_its_request(
    office: Office, start: Starter, settings: Environment
) -> None:
    begin(office)
    start.clock(**settings)
    worker = start.workers("ai", **settings)
    eventually(lambda: done(office) >= 2, 40)
    worker.stop()
    start.workers("ai", **settings)
    check_each_is_there_once(office, 0)
