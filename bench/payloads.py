"""Signed webhook deliveries as whole HTTP requests, made before the clock starts."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterable
from typing import Any

PAGE_ID = "900100200300"
FIRST_PERSON = 7_000_000_000_000_000
APP_SECRET = "the app secret of the benchmark"
PATH = "/api/webhooks/facebook"
TEXT = "Hello! Is the large blue bowl still available, and could you send it to Bergen by Friday?"

_numbers = itertools.count(1)


def person(number: int) -> str:
    """The PSID of the contact with this number, from 0; `seed` makes the same."""
    return str(FIRST_PERSON + number)


def delivery(people: Iterable[int]) -> tuple[bytes, list[str]]:
    """One request with a new text message of each of these people, and the mids."""
    events = [_event(number) for number in people]
    body = json.dumps(
        {
            "object": "page",
            "entry": [
                {"id": PAGE_ID, "time": event["timestamp"], "messaging": [event]}
                for event in events
            ],
        }
    ).encode()
    return _request(body), [event["message"]["mid"] for event in events]


def _event(number: int) -> dict[str, Any]:
    unique = hashlib.sha256(f"{time.time_ns()} {next(_numbers)}".encode()).hexdigest()
    return {
        "sender": {"id": person(number)},
        "recipient": {"id": PAGE_ID},
        "timestamp": time.time_ns() // 1_000_000,
        "message": {"mid": f"m_{unique}", "text": TEXT},
    }


def _request(body: bytes) -> bytes:
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "Accept: */*\r\n"
        "User-Agent: facebookexternalua\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, token: str) -> bytes:
    """A GET request of a program with this API token."""
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    return head.encode()
