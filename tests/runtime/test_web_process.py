"""The web process: how it starts, stops, and is replaced."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from urllib.parse import urlsplit

import psycopg2
import requests
from websocket import WebSocket, WebSocketConnectionClosedException, create_connection

from inbox.config import ROOT
from inbox.local.stores import Stores
from tests.apps import Environment
from tests.bounds import eventually
from tests.pids import children_of, is_alive
from tests.processes import Starter, Web, outside


def test_sigterm_ends_it_fast_although_sockets_are_open(start: Starter) -> None:
    web = start.web()
    address = web.url.removeprefix("http://")
    sockets = [
        create_connection(f"ws://{address}/socket.io/?EIO=4&transport=websocket") for _ in range(20)
    ]
    assert all(str(ws.recv()).startswith('0{"sid":') for ws in sockets)
    children = children_of(web.process.pid)
    assert children

    assert web.process.stop() < 10

    assert web.process.wait(0) == 0
    for ws in sockets:
        eventually(partial(is_cut, ws))
    assert not any(is_alive(child) for child in children)


def test_sigterm_lets_a_request_finish_that_is_being_answered(
    start: Starter, stores: Stores
) -> None:
    web = start.web()
    with ThreadPoolExecutor(1) as pool, psycopg2.connect(start.environment["DATABASE_URL"]) as lock:
        with lock.cursor() as cursor:
            cursor.execute("LOCK TABLE webhook_deliveries")  # which `/health` reads
            answer = pool.submit(requests.get, f"{web.url}/health", timeout=10)
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            eventually(lambda: stores.postgresql.run(waiting))
            web.process.signal(signal.SIGTERM)
            eventually(lambda: refuses(web))
        lock.rollback()
        assert answer.result().status_code in (200, 503)  # 503 when the lock was held too long
    assert web.process.wait(10) == 0


def test_it_accepts_again_after_it_had_no_files_left(start: Starter) -> None:
    web = start.web()
    (child,) = children_of(web.process.pid)
    address = urlsplit(web.url)
    most = resource.prlimit(child, resource.RLIMIT_NOFILE)
    used = max(int(fd) for fd in os.listdir(f"/proc/{child}/fd"))
    resource.prlimit(child, resource.RLIMIT_NOFILE, (used + 1, most[1]))
    with ExitStack() as callers:
        for _ in range(12):
            caller = socket.create_connection((str(address.hostname), address.port or 0))
            callers.enter_context(caller)
        eventually(lambda: "Too many open files" in web.process.log.read_text())
        resource.prlimit(child, resource.RLIMIT_NOFILE, most)
        assert web.is_ready()
    assert children_of(web.process.pid) == [child], "the same process goes on"


def test_a_child_that_is_killed_is_replaced(start: Starter) -> None:
    web = start.web(processes=2)
    eventually(lambda: len(children_of(web.process.pid)) == 2)
    first, second = children_of(web.process.pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(set(children_of(web.process.pid)) - {first}) == 2)
    assert second in children_of(web.process.pid)
    assert requests.get(f"{web.url}/health", timeout=5).ok


def test_no_request_is_refused_while_the_only_child_is_replaced(start: Starter) -> None:
    web = start.web()
    (child,) = children_of(web.process.pid)
    os.kill(child, signal.SIGKILL)
    # The parent holds the port open: the request waits for the new child.
    assert requests.get(f"{web.url}/health", timeout=15).ok


def test_children_end_when_their_parent_is_killed(start: Starter) -> None:
    web = start.web(processes=2)
    children = children_of(web.process.pid)
    assert len(children) == 2
    web.process.kill()
    eventually(lambda: not any(is_alive(child) for child in children))


def test_a_port_in_use_is_one_clear_line(start: Starter) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        web = start.web(PORT=port, wait=False)
        assert web.process.wait(10) == 1
    assert web.process.log.read_text().splitlines() == [
        f"Inbox cannot start: port {port} cannot be used (Address already in use)."
        " Set PORT to another one."
    ]


def test_a_missing_setting_ends_it_with_one_clear_line(start: Starter) -> None:
    web = start.web(SECRET_KEY="", wait=False)
    assert web.process.wait(20) != 0
    (line,) = web.process.log.read_text().splitlines()
    assert line.startswith("Inbox cannot start: SECRET_KEY is not set.")


def test_no_processes_at_all_are_refused_with_one_clear_line(start: Starter) -> None:
    web = start.web(processes=0, wait=False)
    assert web.process.wait(20) != 0
    (line,) = web.process.log.read_text().splitlines()
    assert line.startswith("Inbox cannot start: WEB_CONCURRENCY must be")


def test_the_flask_command_patches_nothing(environment: Environment) -> None:
    program = (
        "import sys; from flask.cli import ScriptInfo; app = ScriptInfo('wsgi').load_app();"
        "from eventlet import patcher; print(app.name, patcher.is_monkey_patched('socket'))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=outside() | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout.split() == ["inbox", "False"], done.stderr


def is_cut(ws: WebSocket) -> bool:
    try:
        return not ws.recv()
    except (WebSocketConnectionClosedException, ConnectionError):
        return True


def refuses(web: Web) -> bool:
    """Whether nobody takes new connections any more."""
    host, _, port = web.url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0
