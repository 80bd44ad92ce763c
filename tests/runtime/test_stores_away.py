"""What the served process answers while PostgreSQL or Redis is away, and after."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from inbox.config import ROOT, Config
from inbox.local.stores import Stores
from tests.apps import Environment
from tests.cast import PASSWORD, Cast
from tests.pids import frozen
from tests.processes import Starter, Web, outside

MANY = 40  # more than there are places for requests


def health(web: Web) -> tuple[int, float]:
    began = time.monotonic()
    status = requests.get(f"{web.url}/health", timeout=30).status_code
    return status, time.monotonic() - began


def many(web: Web) -> list[tuple[int, float]]:
    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(health, [web] * MANY))


def test_a_database_that_hangs_gets_every_request_503_within_two_seconds(
    start: Starter, stores: Stores
) -> None:
    web = start.web()
    assert {status for status, _ in many(web)} == {200}
    with frozen(stores.postgresql.process):
        for _ in range(2):  # also when every connection has been given up
            answers = many(web)
            assert {status for status, _ in answers} == {503}
            assert max(seconds for _, seconds in answers) < 2
    web.process.wait_until(web.is_ready, 5)


def test_a_database_that_is_killed_gets_503_at_once_and_200_when_it_is_back(
    live: Web, stores: Stores
) -> None:
    stores.postgresql.process.kill()
    try:
        assert {health(live)[0] for _ in range(3)} == {503}
        assert health(live)[1] < 0.5
    finally:
        stores.postgresql.start()
    live.process.wait_until(live.is_ready, 5)


def test_the_first_requests_after_a_restart_of_the_database_are_answered(
    live: Web, stores: Stores
) -> None:
    for restart in (stores.postgresql.process.kill, stores.postgresql.stop):
        assert {status for status, _ in many(live)} == {200}  # connections of before it
        restart()
        stores.postgresql.start()
        assert {status for status, _ in many(live)} == {200}


def test_who_is_signed_in_sees_a_page_that_says_so_while_the_database_is_away(
    live: Web, cast: Cast, stores: Stores
) -> None:
    with requests.Session() as person:
        form = person.get(f"{live.url}/sign-in", timeout=10).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        assert token is not None
        signs_in = {"email": cast.alice.email, "password": PASSWORD, "csrf_token": token[1]}
        person.post(f"{live.url}/sign-in", data=signs_in, timeout=10)
        assert person.get(f"{live.url}/inbox", timeout=10).status_code == 200
        stores.postgresql.process.kill()
        try:
            answer = person.get(f"{live.url}/inbox", timeout=10)
            assert (answer.status_code, "The database does not answer" in answer.text) == (
                503,
                True,
            )
        finally:
            stores.postgresql.start()
    live.process.wait_until(live.is_ready, 5)


def test_the_process_starts_while_the_database_is_away(start: Starter, stores: Stores) -> None:
    stores.postgresql.process.kill()
    try:
        web = start.web(wait=False)
        web.process.wait_until(lambda: _answers(web))
        assert health(web)[0] == 503
    finally:
        stores.postgresql.start()
    web.process.wait_until(web.is_ready, 5)


def test_the_check_at_start_knows_whether_queries_block(environment: Environment) -> None:
    assert _waits_block(environment, "wait_in_green_threads()") == "False"
    blocking = "psycopg2.extensions.set_wait_callback(None)"
    assert _waits_block(environment, blocking) == "True"


def _waits_block(environment: Environment, preparation: str) -> str:
    program = (
        "import eventlet; eventlet.monkey_patch(); import os, psycopg2, sqlalchemy;"
        "from inbox.web.waiting import wait_in_green_threads, waits_block;"
        f"{preparation};"
        "print(waits_block(sqlalchemy.create_engine(os.environ['ENGINE_URL'])))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=outside() | {"ENGINE_URL": Config.from_environment(environment).database_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert not done.stderr
    return done.stdout.strip()


def _answers(web: Web) -> bool:
    try:
        return requests.get(f"{web.url}/health", timeout=5).status_code > 0
    except requests.RequestException:
        return False
