"""The changing doors of the Graph API: send, sender actions, webhook subscription."""

from typing import Any

from inbox.simulator.afterwards import echo_before_answer, follow_up
from inbox.simulator.events import ALL_FIELDS
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import parameter
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.sending import read_request, send_message, sender_action
from inbox.simulator.world import Page


def send(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`POST /{page}/messages`: a message, or a sender action."""
    request = read_request(meta, page, call.arguments)
    if call.arguments.get("sender_action"):
        sender_action(request)
        return {"recipient_id": request.person.id}
    message = send_message(request)
    kind = call.fault.kind if call.fault else ""
    if kind == "echo_first":
        echo_before_answer(request, message)
    follow_up(request, message, echo=kind not in ("echo_first", "echo_withheld"))
    return {"recipient_id": request.person.id, "message_id": message.mid}


def subscribe(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`POST /{page}/subscribed_apps?subscribed_fields=a,b`."""
    given = call.arguments.get("subscribed_fields", "")
    names = given if isinstance(given, list) else [n.strip() for n in str(given).split(",")]
    wanted = [str(name) for name in names if name]
    unknown = [name for name in wanted if name not in ALL_FIELDS]
    if not wanted or unknown:
        raise parameter(f"Param subscribed_fields[0] must be one of {{{', '.join(ALL_FIELDS)}}}")
    with meta.world.lock:
        page.subscribed_fields, page.failing_since_ms = wanted, None
    return {"success": True}


def subscriptions(meta: PretendMeta, _call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{page}/subscribed_apps`: this app with its fields, or nothing."""
    if not page.subscribed_fields:
        return {"data": []}
    app = {"id": meta.app.id, "name": meta.app.name, "link": "https://inbox.example/"}
    return {"data": [app | {"subscribed_fields": page.subscribed_fields}]}


def unsubscribe(meta: PretendMeta, _call: GraphCall, page: Page) -> dict[str, Any]:
    """`DELETE /{page}/subscribed_apps`."""
    with meta.world.lock:
        page.subscribed_fields = []
    return {"success": True}
