"""`/simulator/…`: everything a test or the phone page asks of the pretend Meta, as JSON."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from inbox.simulator.control_shapes import page_shape, person_shape
from inbox.simulator.customer import KINDS, perform
from inbox.simulator.faults import DOORS
from inbox.simulator.faults import KINDS as FAULT_KINDS
from inbox.simulator.history import history
from inbox.simulator.history_events import history_envelopes
from inbox.simulator.pretend import PageSettings, PretendMeta

Body = dict[str, Any]


def control_doors(meta: PretendMeta) -> Blueprint:
    """The doors for people, events, faults and records (the webhook sender has its own file)."""
    doors = Blueprint("control", __name__, url_prefix="/simulator")
    for rule, method, act in TABLE:
        doors.add_url_rule(
            rule, act.__name__, _door(meta, act), methods=[method], provide_automatic_options=False
        )

    @doors.errorhandler(LookupError)
    def missing(error: LookupError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @doors.errorhandler(TypeError)
    @doors.errorhandler(ValueError)
    def wrong(error: ValueError | TypeError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    return doors


def _door(meta: PretendMeta, act: Callable[..., Any]) -> Callable[..., Response]:
    def door(**ids: str) -> Response:
        return jsonify(act(meta, _body(), **ids))

    return door


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) or {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - answered as 400
    return body


def overview(meta: PretendMeta, _body: Body) -> dict[str, Any]:
    return {
        "url": meta.url,
        "webhookUrl": meta.webhooks.courier.receiver.url,
        "pages": [page_shape(page) for page in meta.world.pages.values()],
        "people": [person_shape(meta, person) for person in list(meta.world.people.values())],
        "kinds": list(KINDS),
        "faults": {"doors": DOORS, "kinds": FAULT_KINDS},
        "pace": asdict(meta.pace),
        "nowMs": meta.clock.now_ms(),
    }


def add_page(meta: PretendMeta, body: Body) -> dict[str, Any]:
    return page_shape(meta.add_page(PageSettings(**body)))


def change_page(meta: PretendMeta, body: Body, page_id: str) -> dict[str, Any]:
    """Any of `name`, `token`, `has_human_agent`, `subscribed_fields`, `token_error` (which also
    kills the tokens that logins have given for the page)."""
    page = meta.world.pages.get(page_id)
    if page is None:
        raise LookupError(f"no page {page_id}")
    changeable = ("name", "token", "has_human_agent", "subscribed_fields", "token_error")
    _change(page, body, changeable)
    if page.token_error is not None:
        meta.revoke_token(page, page.token_error)
    return page_shape(page)


def add_person(meta: PretendMeta, body: Body) -> dict[str, Any]:
    return person_shape(meta, meta.add_person(**body))


def change_person(meta: PretendMeta, body: Body, person_id: str) -> dict[str, Any]:
    """Any of `name`, `username`, `blocked`, `profile_failure`, `reads`."""
    person = meta.person(person_id)
    _change(person, body, ("name", "username", "blocked", "profile_failure", "reads"))
    return person_shape(meta, person)


def let_act(meta: PretendMeta, body: Body) -> dict[str, Any]:
    """`{"person": id, "kind": one of KINDS, …its fields}`."""
    person = meta.person(str(body.pop("person", "")))
    return perform(meta, person, str(body.pop("kind", "text")), body)


def plan_fault(meta: PretendMeta, body: Body) -> dict[str, Any]:
    """`{"door", "kind", "times": 1 | null, "person_id", …settings}`."""
    door, kind = str(body.pop("door", "any")), str(body.pop("kind", ""))
    return asdict(meta.faults.next(door, kind, **body))


def change_pace(meta: PretendMeta, body: Body) -> dict[str, Any]:
    _change(meta.pace, body, tuple(asdict(meta.pace)))
    return asdict(meta.pace)


def advance(meta: PretendMeta, body: Body) -> dict[str, Any]:
    """`{"seconds": n}` skips time."""
    meta.clock.advance(float(body.get("seconds", 0)))
    return {"nowMs": meta.clock.now_ms()}


def sent(meta: PretendMeta, _body: Body) -> list[dict[str, Any]]:
    """Every accepted send, oldest first: personId, pageId, mid, atMs, request."""
    with meta.world.lock:
        return list(meta.sent)


def calls(meta: PretendMeta, _body: Body) -> list[dict[str, Any]]:
    """Every Graph call: method, path, door, status, atMs."""
    with meta.world.lock:
        return list(meta.calls)


def past(meta: PretendMeta, _body: Body) -> dict[str, Any]:
    """Everything said so far: `{"pages": […], "conversations": […]}`, newest thread first."""
    return history(meta)


def past_envelopes(meta: PretendMeta, _body: Body) -> list[dict[str, Any]]:
    """The same as the webhook payloads that would have told it."""
    return history_envelopes(meta)


def faults(meta: PretendMeta, _body: Body) -> list[dict[str, Any]]:
    return [asdict(fault) for fault in meta.faults.planned()]


def clear_faults(meta: PretendMeta, _body: Body) -> dict[str, bool]:
    meta.faults.clear()
    return {"success": True}


def reset(meta: PretendMeta, _body: Body) -> dict[str, bool]:
    meta.forget()
    return {"success": True}


def _change(row: object, body: dict[str, Any], changeable: tuple[str, ...]) -> None:
    for name, value in body.items():
        if name not in changeable:
            raise ValueError(f"{name!r} cannot be changed; one of {', '.join(changeable)}")
        setattr(row, name, value)


TABLE: list[tuple[str, str, Callable[..., Any]]] = [
    ("", "GET", overview),
    ("/pages", "POST", add_page),
    ("/pages/<page_id>", "PATCH", change_page),
    ("/people", "POST", add_person),
    ("/people/<person_id>", "PATCH", change_person),
    ("/events", "POST", let_act),
    ("/sent", "GET", sent),
    ("/calls", "GET", calls),
    ("/history", "GET", past),
    ("/history/webhooks", "GET", past_envelopes),
    ("/faults", "POST", plan_fault),
    ("/faults", "GET", faults),
    ("/faults", "DELETE", clear_faults),
    ("/pace", "PATCH", change_pace),
    ("/clock", "POST", advance),
    ("/reset", "POST", reset),
]
