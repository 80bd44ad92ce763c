"""The login dialog: a page where an owner chooses pages and permissions, or cancels."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from inbox.simulator.login import FIRST_OWNER
from inbox.simulator.owners import SCOPES, Owner
from inbox.simulator.phone import FOLDER
from inbox.simulator.pretend import PretendMeta

MEANINGS = {
    "pages_show_list": "Show a list of the Pages you manage",
    "pages_messaging": "Manage and access Page conversations in Messenger",
    "pages_manage_metadata": "Manage accounts, settings and webhooks for a Page",
    "pages_read_engagement": "Read content posted on the Page",
    "instagram_basic": "Access profile and posts of the Instagram account connected to your Page",
    "instagram_manage_messages": "Manage and access conversations in Instagram",
    "business_management": "Manage your business",
}
CANCELLED = {
    "error_reason": "user_denied",
    "error": "access_denied",
    "error_description": "Permissions error.",
}


class DialogError(Exception):
    """Shown in the dialog itself: there is nowhere safe to return to."""


@dataclass(frozen=True)
class Asked:
    """What the app asks for, as the address of the dialog says it."""

    redirect_uri: str
    state: str
    scopes: list[str]
    again: bool
    """Ask also for what was declined before (`auth_type=rerequest`)."""

    def back(self, answer: dict[str, str]) -> str:
        """The address to return to; Facebook ends it with `#_=_`."""
        parts = urlsplit(self.redirect_uri)
        query = parse_qsl(parts.query) + list(answer.items())
        query += [("state", self.state)] if self.state else []
        return urlunsplit(parts._replace(query=urlencode(query), fragment="_=_"))


def dialog_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("dialog", __name__, template_folder=str(FOLDER / "templates"))

    @doors.get("/dialog/oauth")
    @doors.get("/<_version>/dialog/oauth")
    def show(_version: str = "") -> str:
        asked = _asked(meta, request.args.to_dict())
        owner = meta.login.owner(request.args.get("owner", FIRST_OWNER))
        return render_template("dialog.html", **_picture(meta, asked, owner))

    @doors.post("/dialog/oauth")
    @doors.post("/<_version>/dialog/oauth")
    def decide(_version: str = "") -> AnyResponse:
        """The form: `decision` allow or cancel, `owner`, `scopes`, `pages`, and the query."""
        asked = _asked(meta, request.args.to_dict())
        if request.form.get("decision") != "allow":
            return redirect(asked.back(CANCELLED))
        owner = meta.login.owner(request.form.get("owner", FIRST_OWNER))
        code = meta.login.allow(
            asked.redirect_uri,
            owner_id=owner.id,
            asked=_offered(asked, owner),
            granted=request.form.getlist("scopes"),
            page_ids=[each for each in request.form.getlist("pages") if each in owner.roles],
        )
        return redirect(asked.back({"code": code}))

    @doors.post("/simulator/dialog/owners/<owner_id>/remove_app")
    def remove(owner_id: str) -> AnyResponse:
        """As the person would in their settings at Facebook; then the dialog again."""
        meta.login.remove_app(meta.login.owner(owner_id))
        return redirect(f"/dialog/oauth?{urlencode(request.args.to_dict())}")

    @doors.get("/simulator/dialog/<name>")
    def static(name: str) -> Response:
        return send_from_directory(FOLDER / "static", name, max_age=0)

    @doors.errorhandler(DialogError)
    @doors.errorhandler(LookupError)
    def refused(error: Exception) -> tuple[str, int]:
        return render_template("dialog_error.html", reason=str(error)), 400

    return doors


def _asked(meta: PretendMeta, query: dict[str, str]) -> Asked:
    if query.get("client_id") != meta.app.id:
        raise DialogError("Invalid App ID: The provided app ID does not look like a valid app ID.")
    address = query.get("redirect_uri", "")
    if urlsplit(address).scheme not in ("http", "https"):
        raise DialogError("The redirect_uri is missing or is no web address.")
    if meta.login.redirects and address not in meta.login.redirects:
        raise DialogError("URL blocked: this redirect_uri is not among the app's Valid OAuth URIs.")
    if query.get("response_type", "code") != "code":
        raise DialogError("Only response_type=code is pretended here.")
    # Login for Business names a configuration in place of scopes: here it holds them all.
    wanted = query.get("scope") or ",".join(SCOPES)
    scopes = [scope.strip() for scope in wanted.split(",") if scope.strip()]
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise DialogError(f"Invalid Scopes: {', '.join(unknown)}.")
    return Asked(
        address,
        query.get("state", ""),
        scopes,
        "rerequest" in query.get("auth_type", "").split(","),
    )


def _offered(asked: Asked, owner: Owner) -> list[str]:
    """Who declined something is not asked for it again, unless the app asks for just that."""
    return [s for s in asked.scopes if asked.again or owner.grants.get(s) != "declined"]


def _picture(meta: PretendMeta, asked: Asked, owner: Owner) -> dict[str, Any]:
    """What the dialog's template needs."""
    offered = _offered(asked, owner)
    return {
        "app": meta.app,
        "owner": owner,
        "owners": list(meta.login.owners.values()),
        "pages": [meta.world.pages[i] for i in owner.roles if i in meta.world.pages],
        "scopes": [(scope, MEANINGS[scope]) for scope in offered],
        "kept_back": [MEANINGS[scope] for scope in asked.scopes if scope not in offered],
        "query": request.args.to_dict(),
        "other_query": {k: v for k, v in request.args.items() if k != "owner"},
        "returns_to": urlsplit(asked.redirect_uri).netloc,
    }
