"""`python -m inbox.simulator` as a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.simulator.graph import APP_SECRET
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


def test_a_page_of_any_size_under_the_law(receiver: Receiver) -> None:
    size = "threads=40,mean=5,sigma=0.5,instagram=0.25,seed=2,newest=now"
    law = ("--latency", "0.05", "--law", "2", "--law-burst", "1", "--law-scale", "0.01")
    with started(receiver, "--generated", size, *law) as (_, url):
        sums = requests.get(f"{url}/simulator/generated/10050", timeout=20).json()
        assert {name: each["threads"] for name, each in sums["platforms"].items()} == {
            "messenger": 30,
            "instagram": 10,
        }
        query = {"access_token": "t", "limit": "50"}
        first, second = [
            requests.get(f"{url}/10050/conversations", params=query, timeout=10) for _ in range(2)
        ]
        assert len(first.json()["data"]) == 30
        assert first.elapsed.total_seconds() >= 0.05
        assert second.json()["error"]["code"] == 80006


def test_the_demo_has_a_second_page_to_connect(receiver: Receiver, tmp_path: Path) -> None:
    demo = ("--demo", "--quickest", "900", "--slowest", "999", "--state", str(tmp_path / "world"))
    back = "http://127.0.0.1:5000/back"
    with started(receiver, *demo) as (_, url):
        allow = f"{url}/simulator/login/owners/42/allow"
        code = requests.post(allow, json={"redirect_uri": back}, timeout=10).json()["code"]
        query = {"client_id": "5550001", "client_secret": APP_SECRET, "redirect_uri": back}
        exchange = requests.get(
            f"{url}/oauth/access_token", params=query | {"code": code}, timeout=10
        )
        user = {"access_token": exchange.json()["access_token"]}
        rows = requests.get(f"{url}/me/accounts", params=user, timeout=10).json()["data"]
        (workshop,) = [row for row in rows if row["name"] == "Nordlys Workshop"]
        token = {"access_token": workshop["access_token"]}
        subscribe = f"{url}/{workshop['id']}/subscribed_apps"
        assert requests.get(subscribe, params=token, timeout=10).json() == {"data": []}
        form = token | {"subscribed_fields": "messages"}
        assert requests.post(subscribe, data=form, timeout=10).status_code == 200
        sums = requests.get(f"{url}/simulator/generated/{workshop['id']}", timeout=20).json()
        assert sums["threads"] == 350
        assert sums["messages"] > 3000
    with started(receiver, *demo) as (_, url):
        again = requests.get(f"{url}/simulator/generated/{workshop['id']}", timeout=20).json()
        assert again == sums, "the same conversations in the next run"
        listed = requests.get(
            f"{url}/{workshop['id']}/conversations", params=token | {"limit": "1"}, timeout=10
        )
        assert listed.status_code == 200, "and whoever connected it stays connected"
        apps = requests.get(f"{url}/{workshop['id']}/subscribed_apps", params=token, timeout=10)
        assert apps.json()["data"][0]["subscribed_fields"] == ["messages"]
