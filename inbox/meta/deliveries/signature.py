"""Is this really Meta?

Source: Meta, "Webhooks from Meta: validating payloads" (X-Hub-Signature-256).
"""

from __future__ import annotations

import hashlib
import hmac

PREFIX = "sha256="


def is_signed(body: bytes, header: str | None, app_secret: str | None) -> bool:
    """Whether `header` is the HMAC-SHA256 of exactly these bytes.

    Hash what was received: the same JSON written again is other bytes. The old sha1 header is not
    accepted, and without an app secret nothing is.
    """
    if not app_secret or not header or not header.startswith(PREFIX):
        return False
    expected = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header[len(PREFIX) :].encode())
