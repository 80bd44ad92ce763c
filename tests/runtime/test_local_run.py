"""`make run`: one command, everything there, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import requests

from inbox.local.alone import only_one
from inbox.local.demo import PASSWORD, TEAM
from inbox.local.folders import LOCK, data_folder, remove_data
from inbox.local.processes import Process, free_port
from tests.bounds import eventually
from tests.pids import family_of, is_alive
from tests.processes import Starter

NOTHING = {"DATABASE_URL": "", "REDIS_URL": "", "SECRET_KEY": "", "ENCRYPTION_KEYS": ""}


class LocalRun:
    """`make run` with a data folder and ports of its own."""

    def __init__(self, starter: Starter, local: Path) -> None:
        self.starter = starter
        self.local = local
        self.ports = {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}
        self.url = f"http://127.0.0.1:{self.ports['PORT']}"

    def start(self, *, wait: bool = True, **changes: str) -> Process:
        changes = NOTHING | {"LOCAL_FOLDER": str(self.local)} | self.ports | changes
        process = self.starter.run("make run", "-m", "inbox.local.run", **changes)
        if wait:
            process.wait_until(lambda: "Inbox is ready" in process.log.read_text())
        return process

    def value(self, statement: str) -> int:
        url = re.findall("^DATABASE_URL='(.+)'$", (self.local / "environment").read_text(), re.M)
        connection = psycopg2.connect(url[0])
        with connection.cursor() as cursor:
            cursor.execute(statement)
            ((found,),) = cursor.fetchall()
        connection.close()
        return int(found)


@pytest.fixture
def local_run(start: Starter, tmp_path: Path) -> Iterator[LocalRun]:
    local = tmp_path / "local"
    yield LocalRun(start, local)
    start.stop_all()
    if local.exists():
        remove_data(local)


def ends(process: Process, number: signal.Signals) -> None:
    """By this signal, all of it ends, and soon."""
    family = family_of(process.pid)
    assert len(family) > 10
    process.signal(number)
    process.wait(10)
    eventually(lambda: not any(is_alive(pid) for pid in family), 5)


def test_it_is_ready_soon_filled_in_and_ends_by_ctrl_c(local_run: LocalRun) -> None:
    began = time.monotonic()
    first = local_run.start()
    assert time.monotonic() - began < 15 * busy()
    assert {local_run.url, PASSWORD, *(member.email for member in TEAM)} <= set(
        first.log.read_text().replace(",", "").split()
    )
    assert local_run.value("SELECT count(*) FROM conversations WHERE platform = 'FACEBOOK'") > 10
    assert local_run.value("SELECT count(*) FROM conversations WHERE platform = 'INSTAGRAM'") > 10
    assert local_run.value("SELECT count(*) FROM conversations WHERE unread_count > 0") > 3
    assert local_run.value("SELECT max(unread_count) FROM conversations") < 10
    assert local_run.value("SELECT count(*) FROM contacts WHERE name IS NOT NULL") > 10
    assert local_run.value("SELECT count(DISTINCT assignee_id) FROM conversations") == 2
    assert local_run.value("SELECT extract(day FROM now() - min(sent_at)) FROM messages") > 14
    for member in TEAM:
        assert signs_in(local_run.url, member.email)
    assert arrives(local_run, "Do you ship to Tromsø?")
    ends(first, signal.SIGINT)
    assert first.wait(0) == 0

    second = local_run.start()
    assert local_run.value("SELECT count(*) FROM users") == len(TEAM)
    asked = "SELECT count(*) FROM messages WHERE content = 'Do you ship to Tromsø?'"
    assert local_run.value(asked) == 1
    ends(second, signal.SIGKILL)


def test_reset_forgets_all_data(local_run: LocalRun) -> None:
    first = local_run.start(wait=False)
    secrets = local_run.local / "secrets.json"
    first.wait_until(lambda: secrets.exists() and (local_run.local / "environment").exists())
    secret = secrets.read_text()
    data = data_folder(local_run.local)
    assert (data / "data" / "PG_VERSION").exists()
    (data / "keepsake").touch()
    assert first.stop() < 10

    again = local_run.start(wait=False, RESET="1")
    again.wait_until(lambda: secrets.exists() and secrets.read_text() not in ("", secret))
    assert not (data / "keepsake").exists()


def test_a_port_in_use_is_one_clear_line(local_run: LocalRun) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(local_run.ports["PORT"])))
        taken.listen()
        process = local_run.start(wait=False)
        assert process.wait(10) == 1
    (line,) = process.log.read_text().splitlines()
    assert line.startswith(f"Inbox cannot run: port {local_run.ports['PORT']} cannot be used")
    assert not local_run.local.exists()


def test_a_second_run_on_the_same_data_is_refused(local_run: LocalRun) -> None:
    with only_one(local_run.local):
        second = local_run.start(wait=False, RESET="1")
        assert second.wait(10) == 1
        assert list(local_run.local.iterdir()) == [local_run.local / LOCK]
    (line,) = second.log.read_text().splitlines()
    assert line == "Inbox cannot run: another `make run` uses the data of this folder."


def test_it_can_be_stopped_at_any_moment_of_its_start(local_run: LocalRun) -> None:
    process = local_run.start(wait=False)
    process.wait_until(lambda: "Starting" in process.log.read_text())
    eventually(lambda: len(family_of(process.pid)) > 2)
    family = family_of(process.pid)
    process.signal(signal.SIGINT)
    assert process.wait(10) == 0
    eventually(lambda: not any(is_alive(pid) for pid in family), 5)


def busy() -> float:
    """How many times slower this machine is just now, because others use it too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def signs_in(url: str, email: str) -> bool:
    """Whether this person gets in by the sign-in page."""
    with requests.Session() as browser:
        page = browser.get(f"{url}/sign-in", timeout=10).text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        form = {"email": email, "password": PASSWORD, "csrf_token": token}
        answer = browser.post(
            f"{url}/sign-in", data=form, headers={"Referer": url}, allow_redirects=False, timeout=10
        )
        assert answer.status_code in (200, 302, 303, 400, 422), answer.text
        return answer.status_code in (302, 303)


def arrives(local_run: LocalRun, text: str) -> bool:
    """Whether what a customer writes in the simulator comes into the inbox."""
    simulator = f"http://127.0.0.1:{local_run.ports['SIMULATOR_PORT']}/simulator"
    person = requests.get(simulator, timeout=10).json()["people"][0]["id"]
    written = {"person": person, "kind": "text", "text": text}
    assert requests.post(f"{simulator}/events", json=written, timeout=10).ok
    found = f"SELECT count(*) FROM messages WHERE content = '{text}'"
    return bool(eventually(lambda: local_run.value(found)))
