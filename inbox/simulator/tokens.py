"""Access tokens: whose they are, whether they are valid, and what debug_token says."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError, no_token, token_error
from inbox.simulator.login import FIRST_OWNER
from inbox.simulator.owners import DATA_ACCESS_S, SCOPES, AccessToken, Owner
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Page

TOKENLESS = (("oauth", "access_token"),)


@dataclass(frozen=True)
class Bearer:
    """For whom a call speaks: a page, an owner, or (neither) the app itself."""

    page: Page | None = None
    owner: Owner | None = None
    token: AccessToken | None = None
    """None for the app's token and for the one that a page has without any login."""

    def lacks(self, *scopes: str) -> str:
        """The first of these permissions that is missing; empty if none is."""
        if self.token is None or self.owner is None:
            return ""
        return next((scope for scope in scopes if not self.owner.may(scope)), "")

    def may_do(self, *tasks: str) -> bool:
        """Whether any of these tasks on the page is theirs."""
        if self.token is None or self.owner is None or self.page is None:
            return True
        return bool(set(tasks) & set(self.owner.roles.get(self.page.id, [])))


def bearer_of(meta: PretendMeta, call: GraphCall) -> Bearer:
    """Who calls (GraphError 190 for a bad token, 104 or 2500 for none)."""
    if call.segments in TOKENLESS:
        return Bearer()
    if not call.token:
        if call.segments[:1] == ("me",):
            raise no_token()
        raise GraphError(104, "An access token is required to request this resource.")
    if call.token == app_token(meta):
        return Bearer()
    bearer = find_bearer(meta, call.token)
    if bearer is None:
        raise token_error(None)
    _check_proof(meta, call)
    if error := invalid(meta, bearer):
        raise error
    return bearer


def app_token(meta: PretendMeta) -> str:
    return f"{meta.app.id}|{meta.webhooks.courier.receiver.app_secret}"


def find_bearer(meta: PretendMeta, text: str) -> Bearer | None:
    """Whose token that is, valid or not; None for none that Meta has given."""
    page = next((p for p in meta.world.pages.values() if p.token == text), None)
    if page is not None:
        return Bearer(page=page)
    token = meta.login.tokens.get(text)
    if token is None:
        return None
    return Bearer(meta.world.pages.get(token.page_id), meta.login.owner(token.owner_id), token)


def invalid(meta: PretendMeta, bearer: Bearer) -> GraphError | None:
    """The error that every call with this token gets; None while it is valid."""
    if bearer.token is not None:
        return meta.login.is_good(bearer.token)
    subcode = bearer.page.token_error if bearer.page else None
    return token_error(subcode) if subcode is not None else None


def _check_proof(meta: PretendMeta, call: GraphCall) -> None:
    """A given appsecret_proof must be right (Graph API, "Securing requests")."""
    secret = meta.webhooks.courier.receiver.app_secret.encode()
    right = hmac.new(secret, call.token.encode(), hashlib.sha256).hexdigest()
    given = call.arguments.get("appsecret_proof")
    if given is None and meta.limits.require_proof:
        text = "API calls from the server require an appsecret_proof argument"
        raise GraphError(100, text, type="GraphMethodException")
    if given not in (None, right):
        text = "Invalid appsecret_proof provided in the API argument"
        raise GraphError(100, text, 104, type="GraphMethodException")


def debug_token(meta: PretendMeta, call: GraphCall) -> dict[str, Any]:
    """`GET /debug_token?input_token=…` (META_PLATFORM §6)."""
    app = {"app_id": meta.app.id, "application": meta.app.name}
    wanted = call.text("input_token")
    if wanted == app_token(meta):
        return {"data": app | {"type": "APP", "is_valid": True, "scopes": []}}
    bearer = find_bearer(meta, wanted)
    error = token_error(None) if bearer is None else invalid(meta, bearer)
    known = {} if bearer is None else _known(meta, bearer)
    if error is None:
        return {"data": app | {"is_valid": True} | known}
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.subcode is not None:
        told["subcode"] = error.subcode
    return {"data": app | known | {"is_valid": False, "error": told, "scopes": []}}


def _known(meta: PretendMeta, bearer: Bearer) -> dict[str, Any]:
    """Everything that debug_token tells of a token that Meta has given."""
    token, now_s = bearer.token, meta.login.now_s()
    owner = bearer.owner or meta.login.owner(FIRST_OWNER)
    scopes = [scope for scope in SCOPES if token is None or owner.may(scope)]
    pages = owner.chosen if token else [bearer.page.id] if bearer.page else []
    issued_s = token.issued_s if token else now_s - 86400
    until_s = owner.data_access_until_s
    profile = {"profile_id": bearer.page.id} if bearer.page else {}
    return profile | {
        "type": "PAGE" if bearer.page else "USER",
        "data_access_expires_at": issued_s + DATA_ACCESS_S if until_s is None else until_s,
        "expires_at": token.expires_s if token else 0,
        "issued_at": issued_s,
        "user_id": owner.id,
        "scopes": scopes,
        "granular_scopes": [{"scope": scope, "target_ids": list(pages)} for scope in scopes],
    }
