"""Access tokens: whose they are, whether they are valid, and what debug_token says."""

import hashlib
import hmac
from typing import Any

from inbox.simulator.clock import SECOND_MS
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError, no_token, token_error
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Page

SCOPES = [
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_manage_messages",
]


def page_of_token(meta: PretendMeta, call: GraphCall) -> Page | None:
    """The page that a token speaks for, None for the app's own token; else GraphError 190."""
    if not call.token:
        if call.segments[:1] == ("me",):
            raise no_token()
        raise GraphError(104, "An access token is required to request this resource.")
    if call.token == f"{meta.app.id}|{meta.webhooks.courier.receiver.app_secret}":
        return None
    page = next((p for p in meta.world.pages.values() if p.token == call.token), None)
    if page is None:
        raise token_error(None)
    _check_proof(meta, call)
    if page.token_error is not None:
        raise token_error(page.token_error)
    return page


def _check_proof(meta: PretendMeta, call: GraphCall) -> None:
    """A given appsecret_proof must be right (Graph API, "Securing requests")."""
    secret = meta.webhooks.courier.receiver.app_secret.encode()
    right = hmac.new(secret, call.token.encode(), hashlib.sha256).hexdigest()
    if call.arguments.get("appsecret_proof", right) != right:
        text = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(100, text, 104, type="GraphMethodException")


def debug_token(meta: PretendMeta, call: GraphCall) -> dict[str, Any]:
    """`GET /debug_token?input_token=…` (META_PLATFORM §6)."""
    wanted = call.text("input_token")
    page = next((p for p in meta.world.pages.values() if p.token == wanted), None)
    if page is None or page.token_error is not None:
        subcode = page.token_error if page else None
        error = {"code": 190, "message": token_error(subcode).message}
        if subcode is not None:
            error["subcode"] = subcode
        return {"data": {"app_id": meta.app.id, "is_valid": False, "error": error, "scopes": []}}
    now = meta.clock.now_ms() // SECOND_MS
    granular = [{"scope": scope, "target_ids": [page.id]} for scope in SCOPES]
    return {
        "data": {
            "app_id": meta.app.id,
            "type": "PAGE",
            "application": meta.app.name,
            "data_access_expires_at": now + 90 * 86400,
            "expires_at": 0,
            "is_valid": True,
            "issued_at": now - 86400,
            "profile_id": page.id,
            "user_id": "42",
            "scopes": SCOPES,
            "granular_scopes": granular,
        }
    }
