"""How the served process takes request bodies: slow, chunked, cut short, far too long."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
import requests

from tests.apps import APP_SECRET
from tests.bounds import eventually
from tests.processes import Web
from tests.stores import Database

MEBIBYTE = 1024 * 1024
WEBHOOK = "/api/webhooks/facebook"
BODY = json.dumps({"object": "page", "entry": []}).encode()


def signature(body: bytes) -> dict[str, str]:
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


def connect(web: Web) -> socket.socket:
    host, _, port = web.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def status(client: socket.socket) -> int:
    return int(client.recv(100).split()[1])


def head(*lines: str) -> bytes:
    return "\r\n".join([f"POST {WEBHOOK} HTTP/1.1", "Host: inbox", *lines, "", ""]).encode()


def pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), 7):
        yield body[at : at + 7]


def test_a_chunked_body_is_taken_whole(live: Web, database: Database) -> None:
    answer = requests.post(
        live.url + WEBHOOK, data=pieces(BODY), headers=signature(BODY), timeout=10
    )
    assert answer.status_code == 200
    assert bytes(database.value("SELECT body FROM webhook_deliveries")) == BODY


def test_a_chunked_body_without_end_is_too_large(live: Web, database: Database) -> None:
    body = b" " * (4 * MEBIBYTE + 1)
    halves = iter([body[:MEBIBYTE], body[MEBIBYTE:]])
    headers = signature(body)
    answer = requests.post(live.url + WEBHOOK, data=halves, headers=headers, timeout=30)
    assert answer.status_code == 413


def test_a_body_announced_as_too_large_is_refused_before_it_is_sent(live: Web) -> None:
    with connect(live) as client:
        client.sendall(head(f"Content-Length: {4 * MEBIBYTE + 1}"))
        assert status(client) == 413


def test_clients_that_send_slowly_keep_nobody_waiting(live: Web) -> None:
    with ExitStack() as slow:
        for _ in range(50):  # many more than there are places
            client = slow.enter_context(connect(live))
            client.sendall(head("Content-Length: 1000") + b"{")
        assert requests.get(f"{live.url}/health", timeout=5).ok


def test_large_bodies_of_strangers_share_a_bounded_memory(live: Web, database: Database) -> None:
    with ExitStack() as slow:
        for _ in range(12):
            client = slow.enter_context(connect(live))
            client.sendall(head(f"Content-Length: {4 * MEBIBYTE}") + b"{")
        eventually(lambda: large_body(live) == 503)
        answer = requests.post(live.url + WEBHOOK, BODY, headers=signature(BODY), timeout=5)
        assert answer.status_code == 200, "small ones are taken as ever"
    eventually(lambda: large_body(live) == 403)  # read whole, and its signature is missing


def large_body(web: Web) -> int:
    body = b" " * (4 * MEBIBYTE)
    with connect(web) as client:
        client.sendall(head(f"Content-Length: {len(body)}", "Connection: close"))
        with suppress(ConnectionError):
            client.sendall(body)
        return status(client)


def test_a_body_that_is_cut_short_is_refused_and_not_stored(live: Web, database: Database) -> None:
    with connect(live) as client:
        length = f"Content-Length: {len(BODY) + 1}"
        client.sendall(head(length, *(f"{k}: {v}" for k, v in signature(BODY).items())) + BODY)
        client.shutdown(socket.SHUT_WR)
        assert status(client) == 400
    assert database.rows("SELECT 1 FROM webhook_deliveries") == []


@pytest.mark.parametrize(
    "line", ["Content-Length: -1", "Content-Length: ten", "Transfer-Encoding: gzip, chunked"]
)
def test_a_length_that_is_none_is_refused(live: Web, line: str) -> None:
    with connect(live) as client:
        client.sendall(head(line, "Connection: close") + BODY)
        assert status(client) == 400


def test_chunks_that_are_none_are_refused(live: Web) -> None:
    with connect(live) as client:
        client.sendall(head("Transfer-Encoding: chunked") + b"not a number\r\n")
        assert status(client) == 400
