"""One Graph call from token to answer: token first, then path, then faults, the law, the deed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from inbox.simulator import ids
from inbox.simulator.faults import Fault
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_doors import LAWFUL, answer, target_of
from inbox.simulator.graph_errors import GraphError, perhaps_sent, refusal
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.records import remember
from inbox.simulator.rights import Target
from inbox.simulator.tokens import Bearer, bearer_of
from inbox.simulator.usage import usage_headers


@dataclass(frozen=True)
class Outcome:
    status: int
    body: dict[str, Any] | list[Any]
    headers: dict[str, str]
    fault: Fault | None
    """What may still spoil the answer on its way."""


@dataclass
class Course:
    """What becomes known of a call on its way."""

    bearer: Bearer | None = None
    target: Target | None = None
    fault: Fault | None = None


def exchange(meta: PretendMeta, call: GraphCall, before: Callable[[Fault | None], None]) -> Outcome:
    """Answer the call; `before` may wait or break off, as its fault says, before it is done."""
    course, error = Course(), None
    try:
        body = _do(meta, call, course, before)
    except GraphError as refused:
        error, body = refused, refused.body(ids.trace_id(meta.world.random))
    status = error.status if error else 200
    _record(meta, call, course, status)
    return Outcome(status, body, _headers(meta, call, course, error), course.fault)


def _do(
    meta: PretendMeta, call: GraphCall, course: Course, before: Callable[[Fault | None], None]
) -> dict[str, Any]:
    bearer = course.bearer = bearer_of(meta, call)
    page = bearer.page
    target = course.target = target_of(meta, call, bearer)
    has_cursor = bool(call.text("after"))
    fault = meta.faults.take(target.door, target.person_id, has_cursor=has_cursor)
    course.fault = fault
    if page is not None and target.door in LAWFUL:
        meta.law.spend(page.id, target.platform)
    before(fault)
    if fault is not None:
        if fault.kind == "revoke" and page is not None:
            meta.revoke_token(page, int(fault.settings.get("subcode", 460)))
        if planned := refusal(fault):
            raise planned
    body = answer(meta, replace(call, fault=fault), bearer, target)
    if fault is not None and fault.kind == "apply_then_500":
        raise perhaps_sent()
    return body


def _headers(
    meta: PretendMeta, call: GraphCall, course: Course, error: GraphError | None
) -> dict[str, str]:
    platform = course.target.platform if course.target else "messenger"
    page = course.bearer.page if course.bearer else None
    owner = page.own_id(platform) if page else meta.app.id
    calls = meta.usage.count(owner, meta.clock.now_ms())
    headers = usage_headers(owner, platform, calls, meta.limits, error) | {
        "x-fb-trace-id": f"T{calls:010d}",
        "x-fb-rev": "1030000000",
        "x-fb-debug": "simulated",
        "facebook-api-version": call.version or "v26.0",
    }
    if error is not None and error.code == 190:
        text = error.message.replace('"', "'")
        headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{text}"'
    return headers


def _record(meta: PretendMeta, call: GraphCall, course: Course, status: int) -> None:
    target, page = course.target, course.bearer.page if course.bearer else None
    row = {
        "method": call.method,
        "path": "/" + "/".join(call.segments),
        "door": target.door if target else "",
        "pageId": page.id if page else "",
        "platform": target.platform if target else "",
        "status": status,
        "atMs": meta.clock.now_ms(),
    }
    with meta.world.lock:
        remember(meta.calls, row)
