"""`POST /` with `batch=[…]`: up to 50 calls in one request (Graph API, "Batch Requests")."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from inbox.simulator import ids
from inbox.simulator.exchange import Outcome, exchange
from inbox.simulator.faults import Fault
from inbox.simulator.graph_call import GraphCall, split_path
from inbox.simulator.graph_errors import GraphError, unknown_path
from inbox.simulator.pretend import PretendMeta

MOST = 50
CUTTING = ("stall", "close", "reset", "cut_body", "truncated", "apply_then_close")


class LostItemError(Exception):
    """An item that did not come back; its place in the answer is null."""


def answer_batch(meta: PretendMeta, call: GraphCall) -> Outcome:
    """An array of `{code, headers, body}`; each item counts as one call, with its own token where
    it names one, and is null when its line breaks."""
    try:
        items = _items(call)
    except GraphError as error:
        return Outcome(error.status, error.body(ids.trace_id(meta.world.random)), {}, None)
    with_headers = call.text("include_headers", "true") != "false"
    rows = [_answer(meta, _call_of(call, item), with_headers=with_headers) for item in items]
    return Outcome(200, rows, {}, None)


def _answer(meta: PretendMeta, call: GraphCall, *, with_headers: bool) -> dict[str, Any] | None:
    try:
        outcome = exchange(meta, call, _before)
    except LostItemError:
        return None
    headers = [{"name": name, "value": value} for name, value in outcome.headers.items()]
    row: dict[str, Any] = {"code": outcome.status}
    row |= {"headers": headers} if with_headers else {}
    return row | {"body": json.dumps(outcome.body)}


def _before(fault: Fault | None) -> None:
    if fault is not None and fault.kind in CUTTING:
        raise LostItemError


def _items(call: GraphCall) -> list[dict[str, Any]]:
    items = call.arguments.get("batch")
    if items is None:
        raise unknown_path("")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise GraphError(100, "(#100) Invalid batch request", type="GraphBatchException")
    if not 1 <= len(items) <= MOST:
        text = f"Too many requests in batch message. Maximum batch size is {MOST}"
        raise GraphError(100, text, type="GraphBatchException")
    return items


def _call_of(call: GraphCall, item: dict[str, Any]) -> GraphCall:
    address = urlsplit(str(item.get("relative_url", "")))
    segments, version = split_path(address.path)
    arguments: dict[str, Any] = dict(parse_qsl(address.query))
    arguments |= parse_qsl(str(item.get("body", "")))
    token = str(arguments.pop("access_token", "") or item.get("access_token") or call.token)
    method = str(item.get("method", "GET")).upper()
    return GraphCall(method, segments, arguments, token, call.base_url, version or call.version)
