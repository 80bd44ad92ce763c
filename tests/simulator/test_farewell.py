"""Leaving the app: the deauthorize and data deletion callbacks, and what they carry."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from inbox.simulator.server import Simulator
from tests.bounds import eventually
from tests.simulator.graph import APP_SECRET

CONFIRMED = {"url": "https://inbox.example/deletion/abc", "confirmation_code": "abc"}


class Callbacks:
    """Takes callbacks; keeps the path and the form of each."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, dict[str, list[str]]]] = []
        self.url = ""


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    made = Callbacks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            made.arrived.append((self.path, parse_qs(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(CONFIRMED).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def opened(signed: str, secret: str = APP_SECRET) -> tuple[bool, dict[str, Any]]:
    """Whether the signature is right, and the payload."""
    signature, payload = signed.split(".")
    right = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return _decoded(signature) == right, json.loads(_decoded(payload))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_who_removes_the_app_is_told_of(meta: Simulator, callbacks: Callbacks) -> None:
    login = f"{meta.url}/simulator/login"
    settings = {"deauthorize_url": f"{callbacks.url}/deauthorize"}
    assert requests.patch(login, json=settings, timeout=10).json()["deauthorize_url"]
    allowed = requests.post(
        f"{login}/owners/42/allow", json={"redirect_uri": "https://x.example/"}, timeout=10
    )
    assert allowed.json()["code"]
    requests.post(f"{login}/owners/42/remove_app", timeout=10)
    eventually(lambda: callbacks.arrived)
    ((path, form),) = callbacks.arrived
    is_right, payload = opened(form["signed_request"][0])
    assert (path, is_right) == ("/deauthorize", True)
    assert (payload["user_id"], payload["algorithm"]) == ("42", "HMAC-SHA256")
    assert abs(payload["issued_at"] - meta.login.now_s()) < 30
    told = requests.get(login, timeout=10).json()
    assert told["owners"][0]["grants"] == {}


def test_a_request_to_delete_brings_back_what_the_app_answers(
    meta: Simulator, callbacks: Callbacks
) -> None:
    address = f"{meta.url}/simulator/login/owners/42/call_back"
    body = {"what": "deletion", "url": f"{callbacks.url}/deletion"}
    assert requests.post(address, json=body, timeout=10).json() == {
        "status": 200,
        "body": CONFIRMED,
    }
    assert callbacks.arrived[0][0] == "/deletion"


def test_callbacks_can_be_forged(meta: Simulator, callbacks: Callbacks) -> None:
    address = f"{meta.url}/simulator/login/owners/42/call_back"
    forgeries = ("wrong", "other_algorithm", "unsigned", "malformed", "missing")
    for signature in forgeries:
        body = {"url": f"{callbacks.url}/x", "signature": signature}
        assert requests.post(address, json=body, timeout=10).json()["status"] == 200
    wrong, other, unsigned, malformed, missing = [form for _, form in callbacks.arrived]
    assert opened(wrong["signed_request"][0])[0] is False
    assert opened(other["signed_request"][0])[1]["algorithm"] == "HMAC-MD5"
    assert opened(unsigned["signed_request"][0])[0] is False
    assert "." not in malformed["signed_request"][0]
    assert missing == {}


def test_other_people_run_other_pages(meta: Simulator) -> None:
    login = f"{meta.url}/simulator/login"
    body = {"name": "Mats Berg", "roles": {"10050": ["MESSAGING"]}}
    owner = requests.post(f"{login}/owners", json=body, timeout=10).json()
    changed = requests.patch(
        f"{login}/owners/{owner['id']}", json={"data_access_until_s": 5}, timeout=10
    ).json()
    assert (changed["name"], changed["data_access_until_s"]) == ("Mats Berg", 5)
    assert requests.patch(f"{login}/owners/1", json={}, timeout=10).status_code == 404
    assert requests.patch(login, json={"colour": 1}, timeout=10).status_code == 400
