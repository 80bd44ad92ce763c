"""The web process: how it starts, stops, and is replaced."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import requests

from inbox.config import ROOT
from tests.apps import Environment
from tests.bounds import eventually
from tests.pids import children_of, is_alive
from tests.processes import Starter, outside


def test_sigterm_ends_it_fast_although_sockets_are_open(start: Starter) -> None:
    web = start.web()
    address = ("127.0.0.1", int(web.url.rpartition(":")[2]))
    with socket.create_connection(address) as waiting, socket.create_connection(address) as idle:
        waiting.sendall(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")
        assert waiting.recv(12) == b"HTTP/1.1 200"
        children = children_of(web.process.pid)
        assert children

        assert web.process.stop() < 3

        assert web.process.wait(0) == 0
        assert idle.recv(1) == b""
    assert not any(is_alive(child) for child in children)


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
    assert web.process.wait(10) != 0
    (line,) = web.process.log.read_text().splitlines()
    assert line.startswith("Inbox cannot start: SECRET_KEY is not set.")


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
