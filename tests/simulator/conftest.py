"""Fixtures: a receiver of webhooks, a pretend Meta that sends to it, and a Graph client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.receiver import Receiver

APP_SECRET = "app-secret-of-the-tests"


class Graph:
    """Calls the Graph API as an app with the page's token would."""

    def __init__(self, meta: Simulator) -> None:
        self.meta = meta
        self.token: str | None = meta.page.token

    def get(self, path: str, **query: Any) -> requests.Response:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        return self._call("POST", path, json=body or {})

    def delete(self, path: str) -> requests.Response:
        return self._call("DELETE", path)

    def send(self, person: Person, text: str = "svar", **more: Any) -> requests.Response:
        message = {"text": text} | more.pop("message", {})
        body = {"recipient": {"id": person.id}, "messaging_type": "RESPONSE", "message": message}
        return self.post("/me/messages", body | more)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self.meta.url}/v26.0{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    server = made.start()
    yield made
    made.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def meta(receiver: Receiver) -> Iterator[Simulator]:
    with Simulator(
        app_secret=APP_SECRET,
        verify_token=receiver.verify_token,
        webhook_url=receiver.url,
        page=PageSettings(id="10050", token="page-token", instagram_account_id="17841400000000001"),
        seed=1,
    ) as pretend:
        yield pretend


@pytest.fixture
def graph(meta: Simulator) -> Graph:
    return Graph(meta)


@pytest.fixture
def eva(meta: Simulator) -> Person:
    """Writes on Messenger."""
    return meta.add_person("Eva Lund")


@pytest.fixture
def ines(meta: Simulator) -> Person:
    """Writes on Instagram."""
    return meta.add_person("Inés Vega", "instagram", username="ines.vega")


def error(answer: requests.Response) -> tuple[int, int | None]:
    """Code and subcode of a Graph error; asserts that it is one."""
    body = answer.json()["error"]
    assert answer.status_code >= 400
    assert body["message"]
    assert body["type"]
    assert body["fbtrace_id"]
    return body["code"], body.get("error_subcode")
