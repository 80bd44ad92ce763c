"""`python -m inbox.simulator` as a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.simulator.conftest import APP_SECRET
from tests.simulator.receiver import Receiver

ROOT = Path(__file__).parents[2]


@contextmanager
def started(receiver: Receiver, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address; it is ended at the end, and must end well."""
    command = [
        sys.executable, "-m", "inbox.simulator",
        "--webhook-url", receiver.url, "--app-secret", APP_SECRET,
        "--verify-token", receiver.verify_token, "--page-id", "10050", "--page-token", "t",
        *options,
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0


def test_it_says_its_address_and_ends_at_once_when_told(receiver: Receiver) -> None:
    with started(receiver) as (process, url):
        me = requests.get(f"{url}/me", params={"access_token": "t"}, timeout=10).json()
        assert me["id"] == "10050"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 0


def test_the_demo_lives(receiver: Receiver) -> None:
    with started(receiver, "--demo", "--quickest", "0.05", "--slowest", "0.1") as (_, url):
        talks = requests.get(f"{url}/simulator/history", timeout=20).json()["conversations"]
        assert len(talks) == 60
        for _ in range(200):
            if receiver.texts():
                break
            requests.get(f"{url}/simulator/deliveries?newest=1", timeout=10)
        assert receiver.texts()


def test_a_second_run_knows_what_the_first_one_knew(receiver: Receiver, tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    with started(receiver, "--state", str(state)) as (_, url):
        person = requests.post(f"{url}/simulator/people", json={"name": "Eva"}, timeout=10).json()
        event = {"person": person["id"], "text": "hej"}
        mid = requests.post(f"{url}/simulator/events", json=event, timeout=10).json()["mid"]
    assert json.loads(state.read_text())["people"][0]["name"] == "Eva"
    with started(receiver, "--state", str(state)) as (_, url):
        body = {"access_token": "t", "recipient": {"id": person["id"]}, "message": {"text": "svar"}}
        body["reply_to"] = {"mid": mid}
        assert requests.post(f"{url}/me/messages", json=body, timeout=10).status_code == 200
