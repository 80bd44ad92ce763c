"""Calls to the Graph API over real HTTP: what leaves, and what every sort of answer means."""

from __future__ import annotations

import hashlib
import hmac
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace

import pytest

from inbox.config import Config
from inbox.local.processes import free_port
from inbox.meta.client import Graph, Patience
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.simulator.server import Simulator
from tests.apps import APP_SECRET, Environment

HASTY = Patience(connect=0.5, read=0.5, whole=1)


@pytest.fixture
def config(environment: Environment) -> Config:
    return Config.from_environment(environment)


@pytest.fixture
def graph(config: Config) -> Graph:
    return Graph(config)


def send(graph: Graph, meta: Simulator, person_id: str, **options: Patience) -> str:
    body = {"recipient": {"id": person_id}, "message": {"text": "Yes."}}
    answer = graph.post(meta.page.id, "messages", token=meta.page.token, body=body, **options)
    return str(answer.body["message_id"])


def error_of(call: Callable[[], object]) -> MetaError:
    with pytest.raises(MetaError) as caught:
        call()
    return caught.value


@pytest.fixture
def zelda_id(meta: Simulator) -> str:
    meta.webhooks.holding = True
    person = meta.add_person("Zelda Quill")
    meta.says(person, "Is it ready?")
    return person.id


def test_a_call_is_answered_with_its_usage(graph: Graph, meta: Simulator) -> None:
    answer = graph.get(meta.page.id, token=meta.page.token, fields="name")
    assert answer.body["name"] == meta.page.name
    assert answer.usage.percent >= 0
    assert not answer.usage.is_throttled


@pytest.mark.parametrize("kind", ["apply_then_close", "apply_then_500", "truncated", "close"])
def test_a_send_without_a_clear_answer_is_unsure(
    graph: Graph, meta: Simulator, zelda_id: str, kind: str
) -> None:
    meta.faults.next("send", kind)
    assert error_of(lambda: send(graph, meta, zelda_id)).kind == ErrorKind.UNSURE


@pytest.mark.parametrize("kind", ["stall", "apply_then_stall", "slow_body"])
def test_a_send_that_takes_too_long_is_unsure(
    graph: Graph, meta: Simulator, zelda_id: str, kind: str
) -> None:
    meta.faults.next("send", kind, seconds=5)
    started = time.monotonic()
    error = error_of(lambda: send(graph, meta, zelda_id, patience=HASTY))
    assert error.kind == ErrorKind.UNSURE
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("kind", ["close", "truncated", "transient", "stall"])
def test_a_failed_read_may_be_repeated(graph: Graph, meta: Simulator, kind: str) -> None:
    meta.faults.next("page", kind)
    error = error_of(lambda: graph.get(meta.page.id, token=meta.page.token, patience=HASTY))
    assert error.kind == ErrorKind.TRANSIENT
    assert not error.permanent


def test_a_refused_connection_means_that_nothing_left(config: Config) -> None:
    nowhere = Graph(replace(config, facebook_graph_url=f"http://127.0.0.1:{free_port()}"))
    error = error_of(lambda: nowhere.post("1", "messages", token="t", body={}))
    assert error.kind == ErrorKind.TRANSIENT


def test_a_host_without_an_address_means_that_nothing_left(config: Config) -> None:
    nowhere = Graph(replace(config, facebook_graph_url="http://no-such-host.invalid"))
    error = error_of(lambda: nowhere.post("1", "messages", token="t", body={}))
    assert error.kind == ErrorKind.TRANSIENT


def test_a_rate_limit_tells_how_long_to_wait(graph: Graph, meta: Simulator) -> None:
    meta.faults.next("page", "rate_limit", code=80006, minutes=7)
    error = error_of(lambda: graph.get(meta.page.id, token=meta.page.token))
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, 420)


def test_the_proof_of_the_app_secret_goes_along(graph: Graph, config: Config) -> None:
    with recorded(b'{"ok": true}') as requests:
        listening = Graph(replace(config, facebook_graph_url=requests.url))
        listening.get("1", token="page-token", fields="name")
    proof = hmac.new(APP_SECRET.encode(), b"page-token", hashlib.sha256).hexdigest()
    assert f"appsecret_proof={proof}" in requests.heard
    assert "Authorization: Bearer page-token" in requests.heard
    assert requests.heard.count("page-token") == 1, "in no address"


def test_a_netrc_of_the_machine_cannot_replace_the_token(
    config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:
        file.write("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", netrc)
    with recorded(b"{}") as requests:
        Graph(replace(config, facebook_graph_url=requests.url)).get("1", token="page-token")
    assert "Authorization: Bearer page-token" in requests.heard


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("200 OK", b"<html>", "unsure"),
        ("200 OK", b"[1]", "unsure"),
        ("200 OK", b"[" * 100_000, "unsure"),
        ("502 Bad Gateway", b"<html>", "unsure"),
        ("429 Too Many Requests", b"", "rate"),
        ("403 Forbidden", b"<html>", "request"),
        ("302 Found", b"", "request"),
        ("200 OK", b'{"error": {"code": 190, "message": 5}}', "token"),
        ("400 Bad Request", b'{"error": "what"}', "request"),
    ],
)
def test_answers_that_nobody_promised_are_errors_not_crashes(
    config: Config, status: str, body: bytes, kind: str
) -> None:
    with recorded(body, status) as requests:
        strange = Graph(replace(config, facebook_graph_url=requests.url))
        error = error_of(lambda: strange.post("1", "messages", token="t", body={}))
    assert error.kind == kind


def test_ids_from_outside_cannot_leave_their_place_in_the_address(config: Config) -> None:
    with recorded(b"{}") as requests:
        Graph(replace(config, facebook_graph_url=requests.url)).get("../me?x=1#", token="t")
    assert requests.heard.startswith("GET /v26.0/..%2Fme%3Fx%3D1%23?appsecret_proof=")


def test_the_token_stands_in_no_log_text_or_trace(
    config: Config, graph: Graph, meta: Simulator, zelda_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = meta.page.token
    texts = [repr(graph.get(meta.page.id, token=token))]
    for kind in ("close", "truncated", "token_revoked", "transient"):
        meta.faults.next("send", kind)
        texts += told(error_of(lambda: send(graph, meta, zelda_id)))
    repeated = b'{"error": {"code": 190, "message": "Malformed access token %s"}}' % token.encode()
    with recorded(repeated) as requests:
        echoing = Graph(replace(config, facebook_graph_url=requests.url))
        texts += told(error_of(lambda: echoing.get("1", token=token)))
    nowhere = Graph(replace(config, facebook_graph_url=f"http://127.0.0.1:{free_port()}"))
    texts += told(error_of(lambda: nowhere.get("1", token=token)))
    assert "Malformed access token [token]" in "".join(texts)
    assert caplog.text, "something was logged"
    assert token not in caplog.text + "".join(texts)


def told(error: MetaError) -> list[str]:
    trace = "".join(traceback.format_exception(error))
    return [str(error), repr(error), explain(error), error.message, trace]


class recorded:  # noqa: N801 - used like a function
    """`with recorded(body, status) as requests:` answers one request so; `requests.heard` is it."""

    def __init__(self, body: bytes, status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self._answer = head.encode() + body
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard = ""
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> recorded:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.settimeout(5)
            while b"\r\n\r\n" not in self.heard.encode():
                self.heard += connection.recv(65536).decode()
            connection.sendall(self._answer)
