"""Meta's wire text and its two signatures (Messenger Platform, "Webhooks": validating payloads)."""

import hashlib
import hmac
import json
from collections.abc import Mapping

from inbox.simulator.ids import base64url


def wire_text(envelope: Mapping[str, object]) -> bytes:
    r"""Encode as Meta does: compact, unicode escaped in lower-case hex, `/` written `\/`."""
    text = json.dumps(envelope, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode("ascii")


def signed_request(payload: Mapping[str, object], app_secret: str) -> str:
    """`<signature>.<payload>`, both base64url, as the deauthorize and data deletion callbacks
    carry it; the HMAC-SHA256 is made over the encoded payload ("Data Deletion Callback")."""
    encoded = base64url(json.dumps(payload).encode())
    digest = hmac.new(app_secret.encode(), encoded.encode(), hashlib.sha256).digest()
    return f"{base64url(digest)}.{encoded}"


def signature_headers(body: bytes, app_secret: str) -> dict[str, str]:
    """Both signatures over exactly these bytes: the current SHA-256 and the legacy SHA-1."""
    key = app_secret.encode()
    return {
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
