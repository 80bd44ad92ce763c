"""`/simulator/login/…`: who runs pages, what they allow, and how they leave, as JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from inbox.simulator.farewell import call_back
from inbox.simulator.owners import SCOPES, TASKS, Owner
from inbox.simulator.pretend import PretendMeta

SETTINGS = ("deauthorize_url", "deletion_url", "redirects")
CHANGEABLE = ("name", "roles", "grants", "chosen", "data_access_until_s")


def login_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("login", __name__, url_prefix="/simulator/login")
    login = meta.login

    @doors.get("")
    def overview() -> Response:
        return jsonify(
            owners=[vars(owner) for owner in login.owners.values()],
            tokens=[_token_shape(meta, text) for text in login.tokens],
            scopes=SCOPES,
            tasks=TASKS,
            **{name: getattr(login, name) for name in SETTINGS},
        )

    @doors.patch("")
    def change() -> Response:
        """Any of `deauthorize_url`, `deletion_url`, `redirects` (allowed addresses)."""
        _set(login, _body(), SETTINGS)
        return jsonify(**{name: getattr(login, name) for name in SETTINGS})

    @doors.post("/owners")
    def add_owner() -> Response:
        """`{"name", "roles": {page_id: [tasks]}}`."""
        body = _body()
        return jsonify(vars(login.add_owner(str(body["name"]), body.get("roles"))))

    @doors.patch("/owners/<owner_id>")
    def change_owner(owner_id: str) -> Response:
        owner = login.owner(owner_id)
        _set(owner, _body(), CHANGEABLE)
        return jsonify(vars(owner))

    @doors.post("/owners/<owner_id>/allow")
    def allow(owner_id: str) -> Response:
        """What the dialog's "Allow" does: `redirect_uri`, `asked`, `granted`, `page_ids`."""
        body = _body()
        redirect_uri = str(body.pop("redirect_uri"))
        return jsonify(code=login.allow(redirect_uri, owner_id=owner_id, **body))

    @doors.post("/owners/<owner_id>/end_tokens")
    def end_tokens(owner_id: str) -> Response:
        """`{"subcode": 460, "page_id": ""}`: a changed password, a checkpoint (459) …"""
        body = _body()
        page_id = str(body.get("page_id", ""))
        login.end(int(body.get("subcode", 460)), owner_id=login.owner(owner_id).id, page_id=page_id)
        return jsonify(success=True)

    @doors.post("/owners/<owner_id>/remove_app")
    def remove_app(owner_id: str) -> Response:
        """As the person would in their settings; the deauthorize callback follows."""
        login.remove_app(login.owner(owner_id))
        return jsonify(success=True)

    @doors.post("/owners/<owner_id>/call_back")
    def tell(owner_id: str) -> Response:
        """Send one callback and say what came: `{"what": "deletion" | "deauthorize", "url": "",
        "signature": "right" | "wrong" | …}`."""
        body = _body()
        kept = login.deauthorize_url if body.get("what") == "deauthorize" else login.deletion_url
        url = str(body.get("url") or kept)
        return jsonify(call_back(meta, url, owner_id, body.get("signature", "right")))

    @doors.errorhandler(LookupError)
    def missing(error: LookupError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @doors.errorhandler(TypeError)
    @doors.errorhandler(ValueError)
    def wrong(error: ValueError | TypeError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    return doors


def _token_shape(meta: PretendMeta, text: str) -> dict[str, Any]:
    token = meta.login.tokens[text]
    return {**vars(token), "is_valid": meta.login.is_good(token) is None}


def _set(row: Owner | object, body: dict[str, Any], changeable: tuple[str, ...]) -> None:
    for name, value in body.items():
        if name not in changeable:
            raise ValueError(f"{name!r} cannot be changed; one of {', '.join(changeable)}")
        setattr(row, name, value)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) or {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - answered as 400
    return body
