"""How a body comes: whole or in pieces, small or too large; and what stands in its texts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from inbox.simulator.signature import signature_headers, wire_text
from tests.api.seats import Seat
from tests.apps import APP_SECRET
from tests.stores import Database
from tests.webhooks.wire import Door, Line, new_mid

MOST = 4 * 1024 * 1024


def padded(line: Line, size: int, mid: str) -> bytes:
    """A delivery of exactly so many bytes."""
    short = wire_text(line.delivery(line.text("large", mid)) | {"padding": ""})
    return wire_text(
        line.delivery(line.text("large", mid)) | {"padding": "x" * (size - len(short))}
    )


def raw(door: Door, *pieces: bytes) -> bytes:
    """What the server answers to these bytes, written one after the other."""
    parts = urlsplit(door.url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=15) as wire:
        for piece in pieces:
            wire.sendall(piece)
        answer = b""
        while b"\r\n\r\n" not in answer and (more := wire.recv(65536)):
            answer += more
        return answer


def head(body: bytes, *more: str) -> bytes:
    signature = signature_headers(body, APP_SECRET)["X-Hub-Signature-256"]
    lines = [
        "POST /api/webhooks/facebook HTTP/1.1",
        "Host: x",
        "Connection: close",
        f"X-Hub-Signature-256: {signature}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("size", [7, 100_000])
def test_a_chunked_body_is_read_and_not_taken_for_an_empty_one(
    size: int, door: Door, messenger: Line, alice: Seat
) -> None:
    body = wire_text(messenger.delivery(messenger.text("in pieces")))
    answer = raw(door, head(body, "Transfer-Encoding: chunked"), *chunks(body, size))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert alice.new_message()["content"] == "in pieces"


def test_a_chunked_body_with_a_wrong_signature_gets_403(
    door: Door, messenger: Line, database: Database
) -> None:
    body = wire_text(messenger.delivery(messenger.text("in pieces")))
    for signed in (b"", body + b" "):
        wrong = head(signed, "Transfer-Encoding: chunked")
        assert raw(door, wrong, *chunks(body, 100)).startswith(b"HTTP/1.1 403 ")
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 0


def test_more_than_4_mib_gets_413_with_and_without_its_length_and_nothing_is_stored(
    door: Door, messenger: Line, database: Database
) -> None:
    body = padded(messenger, 5_000_000, new_mid())
    assert raw(door, head(body, f"Content-Length: {len(body)}")).startswith(b"HTTP/1.1 413 ")
    assert _status_of_chunked(door, body) == 413
    just_over = padded(messenger, MOST + 1, new_mid())
    length = f"Content-Length: {len(just_over)}"
    assert raw(door, head(just_over, length)).startswith(b"HTTP/1.1 413 ")
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 0


def _status_of_chunked(door: Door, body: bytes) -> int:
    """The server may answer, and hang up, before it has read everything."""
    parts = urlsplit(door.url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=15) as wire:
        try:
            wire.sendall(head(body, "Transfer-Encoding: chunked"))
            for piece in chunks(body, 100_000):
                wire.sendall(piece)
        except OSError:
            pass
        return int(wire.recv(100).split()[1])


def test_exactly_4_mib_are_taken(door: Door, messenger: Line, database: Database) -> None:
    mid = new_mid()
    body = padded(messenger, MOST, mid)
    assert len(body) == MOST
    door.takes(body)
    assert database.value("SELECT count(*) FROM messages WHERE mid = %s", mid) == 1
    assert database.value("SELECT octet_length(body) FROM webhook_deliveries") == MOST


def test_broken_chunks_and_a_body_cut_short_do_not_break_the_server(
    door: Door, messenger: Line, alice: Seat, database: Database
) -> None:
    body = wire_text(messenger.delivery(messenger.text("in pieces")))
    chunked = head(body, "Transfer-Encoding: chunked")
    for bad in (b"zz\r\nabc\r\n0\r\n\r\n", b"\r\n\r\n"):
        assert b" 200 " not in raw(door, chunked, bad)[:15]
    parts = urlsplit(door.url)
    for start in (head(body, f"Content-Length: {len(body)}"), chunked):
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as wire:
            wire.sendall(start + body[:20])  # and gone
    assert database.value("SELECT count(*) FROM messages WHERE content = 'in pieces'") == 0
    door.takes(body)
    assert alice.new_message()["content"] == "in pieces"


TEXTS = {
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; \"quotes' `ticks`",
    "template syntax": "{{ 7*7 }} {% raw %} ${7*7} #{7*7} %s %(x)s {0}",
    "right to left": "שלום \u202eevil\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇸🇪 é e\u0301 \U0001f9ff",
    "20,000 characters": "marzipan & <cake> " * 1112,
    "white space": "  a\r\n\tb\n\n\nc\u2028d\u00a0 ",
    "odd characters": "\x01\x07\x1b[31m\x7f\ufeff\ufffe\ufffd",
    "SQL": "'; DROP TABLE messages; -- \\ \\\\ $1 :name",
    "a link": 'https://example.test/?q="onmouseover=alert(1)&x=<b>',
}


@pytest.mark.parametrize("kind", TEXTS)
def test_any_text_is_kept_whole_and_shown_as_text(
    kind: str, door: Door, line: Line, alice: Seat, database: Database
) -> None:
    text, mid = TEXTS[kind], new_mid()
    door.takes(line.delivery(line.text(text, mid)))
    assert database.value("SELECT content FROM messages WHERE mid = %s", mid) == text
    event = alice.ear.waits_for("new_message")
    assert event["message"]["content"] == text
    row = event["conversation"]
    for html in (event["message"]["html"], row["html"]):
        lowered = html.lower()
        assert "<script" not in lowered
        assert "<img" not in lowered
        assert "<b>" not in lowered
        assert "<cake>" not in lowered
        assert '"onmouseover' not in lowered
    if kind == "template syntax":
        assert "{{ 7*7 }}" in event["message"]["html"]
    assert len(row["lastMessage"]["content"]) <= 120


@pytest.mark.parametrize("kind", TEXTS)
def test_any_name_of_a_file_is_kept_and_shown_as_text(
    kind: str, door: Door, messenger: Line, alice: Seat
) -> None:
    name = TEXTS[kind]
    payload = {"url": "https://cdn.fbsbx.com/x", "title": name}
    files = [{"type": kind, "payload": payload} for kind in ("file", "fallback", "<script>")]
    door.takes(messenger.delivery(messenger.text("", attachments=files)))
    message = alice.new_message()
    assert message["attachments"][0]["name"] == name
    for part in ("<script", "<img", "<b>", "<cake>", '"onmouseover'):
        assert part not in message["html"].lower()


def test_nul_is_removed_and_nothing_else(
    door: Door, line: Line, alice: Seat, database: Database
) -> None:
    payload = {"url": "https://cdn.fbsbx.com/x", "title": "a\x00b", "deep\x00": [{"x": "\x00"}]}
    item = line.text("\x00be\x00fore\x00", attachments=[{"type": "fi\x00le", "payload": payload}])
    door.takes(line.delivery(item))
    message = alice.new_message()
    assert message["content"] == "before"
    assert (message["attachments"][0]["type"], message["attachments"][0]["name"]) == ("file", "ab")
    assert message["attachments"][0]["payload"] == {"title": "ab", "deep": [{"x": ""}]}
    assert database.value("SELECT count(*) FROM webhook_failures") == 0
