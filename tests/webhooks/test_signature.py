"""Meta proves itself by its signature over the bytes that came; nothing else is taken."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from inbox.simulator.signature import signature_headers, wire_text
from tests.apps import APP_SECRET, VERIFY_TOKEN
from tests.stores import Database
from tests.webhooks.wire import Door, Line

HEADER = "X-Hub-Signature-256"
TABLES = ("webhook_deliveries", "webhook_failures", "messages", "contacts", "conversations")


def rows(database: Database) -> list[int]:
    return [database.value(f"SELECT count(*) FROM {table}") for table in TABLES]


@pytest.fixture
def body(messenger: Line) -> bytes:
    """With what Meta escapes: other encoders would write these bytes differently."""
    return wire_text(messenger.delivery(messenger.text("Hallå https://example.test/ 🎂")))


def test_a_right_signature_is_taken(door: Door, body: bytes, database: Database) -> None:
    before = rows(database)
    assert door.post(body).status_code == 200
    assert rows(database) == [before[0] + 1, before[1], *(count + 1 for count in before[2:])]


def test_the_prefix_and_the_digest_alone_count_and_sha1_beside_it_does_not_matter(
    door: Door, body: bytes
) -> None:
    right = signature_headers(body, APP_SECRET)
    assert door.post(body, {HEADER: right[HEADER]}).status_code == 200
    assert door.post(body, right | {"X-Hub-Signature": "sha1=wrong"}).status_code == 200


def wrong_headers(body: bytes) -> dict[str, dict[str, str]]:
    right = signature_headers(body, APP_SECRET)
    digest = right[HEADER].removeprefix("sha256=")
    sha1 = hmac.new(APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
    return {
        "missing": {},
        "empty": {HEADER: ""},
        "prefix alone": {HEADER: "sha256="},
        "digest alone": {HEADER: digest},
        "sha1 only": {"X-Hub-Signature": right["X-Hub-Signature"]},
        "sha1 in the new header": {HEADER: f"sha1={sha1}"},
        "sha1 called sha256": {HEADER: f"sha256={sha1}"},
        "upper case": {HEADER: f"sha256={digest.upper()}"},
        "cut short": {HEADER: right[HEADER][:-1]},
        "one digit more": {HEADER: right[HEADER] + "0"},
        "not hexadecimal": {HEADER: "sha256=" + "z" * 64},
        "not ASCII": {HEADER: "sha256=" + "ä" * 64},
        "another secret": signature_headers(body, APP_SECRET + "x"),
        "an empty secret": signature_headers(body, ""),
        "over other bytes": signature_headers(body + b" ", APP_SECRET),
        "over nothing": signature_headers(b"", APP_SECRET),
    }


def test_a_wrong_signature_gets_403_and_nothing_is_stored(
    door: Door, body: bytes, database: Database
) -> None:
    before = rows(database)
    for fault, headers in wrong_headers(body).items():
        encoded = {name: value.encode() for name, value in headers.items()}
        answer = door.post(body, encoded)  # type: ignore[arg-type]  # it would refuse letters
        assert answer.status_code == 403, fault
    assert rows(database) == before


def test_one_altered_byte_anywhere_gets_403(door: Door, body: bytes, database: Database) -> None:
    before = rows(database)
    headers = signature_headers(body, APP_SECRET)
    for place in (0, len(body) // 2, len(body) - 1):
        altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert door.post(altered, headers).status_code == 403
    assert rows(database) == before


def test_the_same_json_written_again_is_other_bytes(
    door: Door, body: bytes, database: Database
) -> None:
    before = rows(database)
    again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(body)
    assert door.post(body, signature_headers(again, APP_SECRET)).status_code == 403
    assert door.post(again, signature_headers(body, APP_SECRET)).status_code == 403
    assert rows(database) == before


def test_a_signature_of_an_empty_body_does_not_open_the_door_for_another(door: Door) -> None:
    assert door.post(b"", signature_headers(b"", APP_SECRET)).status_code == 200
    assert door.post(b"{}", signature_headers(b"", APP_SECRET)).status_code == 403


def test_meta_gets_its_bare_challenge_back(door: Door) -> None:
    answer = door.verify(mode="subscribe", challenge="1158201444", verify_token=VERIFY_TOKEN)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_wrong_verify_token_or_mode_gets_403_without_the_challenge(door: Door) -> None:
    queries = [
        {"mode": "subscribe", "verify_token": VERIFY_TOKEN + "x"},
        {"mode": "subscribe", "verify_token": ""},
        {"mode": "subscribe", "verify_token": "ä\x00"},
        {"mode": "subscribe"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN},
        {"verify_token": VERIFY_TOKEN},
        {},
    ]
    for query in queries:
        answer = door.verify(challenge="1158201444", **query)
        assert answer.status_code == 403, query
        assert "1158201444" not in answer.text
