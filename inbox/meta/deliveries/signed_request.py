"""What Meta posts when a person removes the app or asks for deletion: a `signed_request`.

https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST = 10_000  # characters


class ForgedRequestError(Exception):
    """Not signed by Meta with our app secret, or not readable, or past its time."""


@dataclass(frozen=True)
class SignedRequest:
    """`user_id` is the person as Meta calls them towards our app, no PSID."""

    user_id: str
    issued_at: datetime


def read_signed_request(text: str, app_secret: str | None) -> SignedRequest:
    """Raises `ForgedRequestError`. The signature is over the second part as it was received, and
    is checked before anything in it is read."""
    signature, _, payload = text.partition(".")
    if not app_secret or len(text) > LONGEST or not text.isascii():
        raise ForgedRequestError("not a signed request, or no app secret to check it with")
    expected = hmac.new(app_secret.encode(), payload.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_decoded(signature), expected):
        raise ForgedRequestError("the signature is not Meta's")
    return _read(_object(payload))


def _read(content: dict[str, Any]) -> SignedRequest:
    now = datetime.now(UTC)
    user_id, issued_at = content.get("user_id"), _moment(content.get("issued_at"))
    expires = _moment(content.get("expires"))
    if str(content.get("algorithm", "")).upper() != "HMAC-SHA256":
        raise ForgedRequestError("another algorithm")
    if not isinstance(user_id, str | int) or not str(user_id):
        raise ForgedRequestError("names nobody")
    if expires is not None and expires < now:
        raise ForgedRequestError("its time is over")
    return SignedRequest(str(user_id), issued_at or now)


def _object(payload: str) -> dict[str, Any]:
    try:
        content = json.loads(_decoded(payload))
    except (ValueError, RecursionError) as error:
        raise ForgedRequestError("cannot be read") from error
    if not isinstance(content, dict):
        raise ForgedRequestError("cannot be read")
    return content


def _decoded(part: str) -> bytes:
    """base64url; Meta leaves the padding out."""
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ForgedRequestError("cannot be read") from error


def _moment(seconds: Any) -> datetime | None:
    """Meta's `expires` of 0 means never."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
