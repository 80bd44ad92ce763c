"""The Graph doors: token first, then path, then the fault that a test has planned."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from inbox.simulator import graph_reads, graph_writes, ids
from inbox.simulator.broken_answers import after_answer, before_answer
from inbox.simulator.faults import Fault
from inbox.simulator.graph_call import GraphCall, read_call
from inbox.simulator.graph_errors import (
    GraphError,
    missing_object,
    perhaps_sent,
    refusal,
    unknown_path,
)
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.records import remember
from inbox.simulator.tokens import debug_token, page_of_token
from inbox.simulator.usage import usage_headers
from inbox.simulator.world import Page

EDGES: dict[tuple[str, str], tuple[str, Callable[[PretendMeta, GraphCall, Page], Any]]] = {
    ("GET", "conversations"): ("conversations", graph_reads.conversations),
    ("POST", "subscribed_apps"): ("subscribed_apps", graph_writes.subscribe),
    ("GET", "subscribed_apps"): ("subscribed_apps", graph_writes.subscriptions),
    ("DELETE", "subscribed_apps"): ("subscribed_apps", graph_writes.unsubscribe),
}
METHODS = ["GET", "POST", "DELETE"]


def graph_doors(meta: PretendMeta) -> Blueprint:
    """Every path that no other blueprint has, as the Graph API has it."""
    doors = Blueprint("graph", __name__)

    @doors.route("/<path:_path>", methods=METHODS, provide_automatic_options=False)
    def graph(_path: str) -> Response:
        call = read_call(request)
        fault: Fault | None = None
        error: GraphError | None = None
        body: dict[str, Any] = {}
        door, person_id = "", ""
        try:
            page = page_of_token(meta, call)
            door, person_id = door_of(meta, call, page)
            fault = meta.faults.take(door, person_id)
            before_answer(meta, fault)
            if fault is not None and (planned := refusal(fault)):
                raise planned
            body = answer(meta, call, page, fault)
            if fault is not None and fault.kind == "apply_then_500":
                raise perhaps_sent()
        except GraphError as refused:
            error = refused
            body = refused.body(ids.trace_id(meta.world.random))
        status = error.status if error else 200
        _record(meta, call, door, status)
        response = Response(json.dumps(body), status, usage_headers(meta, call, error))
        response.content_type = "application/json; charset=UTF-8"
        return after_answer(meta, fault, response)

    return doors


def door_of(meta: PretendMeta, call: GraphCall, page: Page | None) -> tuple[str, str]:
    """The door's name for faults, and the person it is about, if any (GraphError if none)."""
    if call.segments == ("debug_token",):
        return "debug_token", ""
    if page is None or not 1 <= len(call.segments) <= 2:
        raise unknown_path("/".join(call.segments[-1:]))
    recipient = call.arguments.get("recipient")
    person_id = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
    if call.method == "POST" and call.edge == "messages":
        return "sender_action" if call.arguments.get("sender_action") else "send", person_id
    if call.method == "GET" and not call.edge:
        return graph_reads.node_door(meta, page, call.segments[0]), call.segments[0]
    if call.method == "GET" and call.edge == "messages":
        return "messages", _person_of_thread(meta, call.segments[0])
    if (call.method, call.edge) in EDGES:
        return EDGES[call.method, call.edge][0], call.text("user_id")
    raise unknown_path(call.edge or call.segments[0])


def answer(
    meta: PretendMeta, call: GraphCall, page: Page | None, fault: Fault | None
) -> dict[str, Any]:
    """Do what the call asks (GraphError if it may not)."""
    if page is None or call.segments == ("debug_token",):
        return debug_token(meta, call)
    if call.method == "GET" and call.edge in ("", "messages"):
        read = graph_reads.thread_messages if call.edge else graph_reads.node
        with meta.world.lock:
            return read(meta, call, page)
    if call.segments[0] not in ("me", page.id, page.instagram_account_id):
        raise missing_object(call.segments[0], call.method.lower())
    if call.edge == "messages":
        return graph_writes.send(meta, call, page, fault)
    made: dict[str, Any] = EDGES[call.method, call.edge][1](meta, call, page)
    return made


def _person_of_thread(meta: PretendMeta, thread_id: str) -> str:
    thread = meta.world.threads.get(thread_id)
    return thread.person_id if thread else ""


def _record(meta: PretendMeta, call: GraphCall, door: str, status: int) -> None:
    moment = meta.clock.now_ms()
    row = {"method": call.method, "path": "/" + "/".join(call.segments), "door": door}
    with meta.world.lock:
        remember(meta.calls, row | {"status": status, "atMs": moment})
