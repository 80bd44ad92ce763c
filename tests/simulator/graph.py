"""The Graph API, called as an app with a page's token would."""

from __future__ import annotations

from typing import Any

import requests

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person

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


def error(answer: requests.Response) -> tuple[int, int | None]:
    """Code and subcode of a Graph error; asserts that it is one."""
    body = answer.json()["error"]
    assert answer.status_code >= 400
    assert body["message"]
    assert body["type"]
    assert body["fbtrace_id"]
    return body["code"], body.get("error_subcode")
