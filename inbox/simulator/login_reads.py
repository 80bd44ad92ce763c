"""The Graph doors of Facebook Login: tokens, the owner's pages and permissions."""

import hmac
from typing import Any

from inbox.simulator.fields import Field, Reader, parse_fields, project
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError, missing_object, parameter
from inbox.simulator.owners import AccessToken, Owner
from inbox.simulator.page_fields import page_readers
from inbox.simulator.paging import Listing, Place, cut_page
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.tokens import Bearer, app_token
from inbox.simulator.world import Page

ACCOUNT_FIELDS = [Field("access_token"), Field("category"), Field("name"), Field("tasks")]


def access_token(meta: PretendMeta, call: GraphCall) -> dict[str, Any]:
    """`GET /oauth/access_token`: for a code, a token to prolong, or the app's own credentials."""
    if call.text("client_id") != meta.app.id:
        text = "Error validating application. Cannot get application info due to a system error."
        raise GraphError(101, text)
    secret = meta.webhooks.courier.receiver.app_secret
    if not hmac.compare_digest(call.text("client_secret").encode(), secret.encode()):
        raise GraphError(1, "Error validating client secret.")
    match call.text("grant_type"):
        case "fb_exchange_token":
            token = meta.login.prolong(call.text("fb_exchange_token"))
        case "client_credentials":
            return {"access_token": app_token(meta), "token_type": "bearer"}
        case "" | "authorization_code":
            token = meta.login.redeem(call.text("code"), call.text("redirect_uri"))
        case other:
            raise parameter(f"Unsupported grant_type {other}")
    seconds = token.expires_s - meta.login.now_s()
    return {"access_token": token.text, "token_type": "bearer", "expires_in": seconds}


def accounts(
    meta: PretendMeta, call: GraphCall, owner: Owner, token: AccessToken
) -> dict[str, Any]:
    """`GET /me/accounts`: the chosen pages that the owner still has a role on."""
    fields = parse_fields(call.text("fields")) or ACCOUNT_FIELDS
    query = {key: call.text(key) for key in call.arguments} | {"access_token": call.token}
    address = call.address(owner.id, "accounts")
    now_ms = meta.clock.now_ms()
    listing = Listing(f"{owner.id}:accounts", address, query, meta.limits, now_ms, call.fault)
    chosen = [meta.world.pages[i] for i in owner.chosen if i in owner.roles]
    pages = list(enumerate(chosen)) if owner.may("pages_show_list") else []

    def show(row: tuple[int, Page]) -> dict[str, Any]:
        page = row[1]
        readers: dict[str, Reader] = page_readers(
            page,
            token=meta.login.page_token(token, page.id).text,
            shows_instagram=owner.may("instagram_basic"),
        )
        readers["tasks"] = lambda _: owner.roles[page.id]
        return project(fields, readers, "Page")

    def rows_after(place: Place | None) -> list[tuple[int, Page]]:
        return pages if place is None else [row for row in pages if -row[0] < place[0]]

    return cut_page(listing, rows_after, lambda row: (-row[0], row[1].id), show)


def permissions(owner: Owner) -> dict[str, Any]:
    """`GET /me/permissions`."""
    rows = [{"permission": scope, "status": status} for scope, status in owner.grants.items()]
    return {"data": rows}


def take_back(meta: PretendMeta, owner: Owner, scope: str) -> dict[str, Any]:
    """`DELETE /me/permissions[/scope]`: one permission, or the whole app."""
    if not scope:
        meta.login.remove_app(owner)
    elif scope in owner.grants:
        owner.grants[scope] = "declined"
    else:
        raise parameter(f"Invalid permission {scope}")
    return {"success": True}


def answer_owner(
    meta: PretendMeta, call: GraphCall, owner: Owner, token: AccessToken
) -> dict[str, Any]:
    """What a call with an owner's own token gets (GraphError if it may not have it)."""
    who, edge = call.segments[0], call.edge
    if who in ("me", owner.id):
        if (call.method, edge) == ("GET", "accounts"):
            return accounts(meta, call, owner, token)
        if (call.method, edge) == ("GET", "permissions"):
            return permissions(owner)
        if (call.method, edge) == ("DELETE", "permissions"):
            return take_back(meta, owner, call.segments[2] if len(call.segments) > 2 else "")
        if (call.method, edge) == ("GET", ""):
            readers: dict[str, Reader] = {"id": lambda _: owner.id, "name": lambda _: owner.name}
            return project(parse_fields(call.text("fields")) or [Field("name")], readers, "User")
    page = meta.world.pages.get(who)
    if page is None or page.id not in owner.roles or page.id not in owner.chosen:
        raise missing_object(who, call.method.lower())
    if (call.method, edge) != ("GET", ""):
        raise GraphError(190, "A Page access token is required to request this resource.")
    page_token = meta.login.page_token(token, page.id).text
    readers = page_readers(
        page,
        token=page_token,
        shows_instagram=not Bearer(None, owner, token).lacks("instagram_basic"),
    )
    return project(parse_fields(call.text("fields")) or [Field("name")], readers, "Page")
