"""What comes back from the Graph API: an answer, a refusal, half of one, or nothing."""

from __future__ import annotations

import json
import re
import ssl
import time
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from inbox.meta.errors import ErrorKind, MetaError, from_answer
from inbox.meta.usage import Usage, usage_of

MOST_BYTES = 32 * 1024 * 1024
LOOKS_LIKE_A_TOKEN = re.compile(r"EAA[A-Za-z0-9]{16,}|access_token=[^&\s\"']+")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL or the driver would refuse


@dataclass(frozen=True)
class Answer:
    body: dict[str, Any]
    usage: Usage


class NeverLeftError(MetaError):
    """No connection came about, so nothing was done."""


def redacted(text: str, token: str) -> str:
    """Fit to be stored and shown: Meta repeats a token that it cannot read."""
    without = text.replace(token, "[token]") if token else text
    return UNSTORABLE.sub("", LOOKS_LIKE_A_TOKEN.sub("[token]", without))


def read(response: requests.Response, seconds: float) -> bytes:
    """The whole body, within `seconds`. Raises what requests and urllib3 raise."""
    deadline = time.monotonic() + seconds
    pieces: list[bytes] = []
    size = 0
    while piece := response.raw.read1(65536, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > deadline or size > MOST_BYTES:
            raise requests.ReadTimeout("the answer is too long or too slow")
    return b"".join(pieces)


def understood(response: requests.Response, raw: bytes, token: str) -> Answer:
    """The answer, or the `MetaError` that it is. `token` is kept out of the error's texts."""
    status = response.status_code
    usage = usage_of(response.headers)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        error = body["error"] | {"message": redacted(str(body["error"].get("message", "")), token)}
        raise from_answer(error, status, _wait(response, usage))
    if not isinstance(body, dict) or status >= 300:
        raise _unreadable(status, _wait(response, usage))
    return Answer(body, usage)


def _unreadable(status: int, retry_after: float | None) -> MetaError:
    """A proxy's page, half a JSON: refused only if the status says so."""
    kind = ErrorKind.TRANSIENT
    if 300 <= status < 500:
        kind = ErrorKind.RATE if status == 429 else ErrorKind.REQUEST
    message = f"An answer that could not be read (HTTP {status})."
    return MetaError(kind, message, retry_after=retry_after)


def _wait(response: requests.Response, usage: Usage) -> float | None:
    header = response.headers.get("Retry-After", "")
    named = float(header) if header.isascii() and header.isdigit() else 0.0
    return max(named, usage.wait_seconds) or None


def line_error(error: Exception) -> MetaError:
    """What a failed exchange means: did the call leave?"""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, NewConnectionError | ConnectTimeoutError | requests.ConnectTimeout):
            return NeverLeftError(ErrorKind.TRANSIENT, "Meta could not be reached.")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NeverLeftError(ErrorKind.TRANSIENT, "Meta's certificate was not accepted.")
        cause = getattr(cause, "reason", None) or _inner(cause)
    what = "in time" if isinstance(error, requests.Timeout) else "before the line was cut"
    return MetaError(ErrorKind.TRANSIENT, f"Meta did not answer {what}.")


def _inner(error: BaseException) -> BaseException | None:
    first = error.args[0] if error.args else None
    return first if isinstance(first, BaseException) else error.__context__
