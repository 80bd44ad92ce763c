"""Which door of the Graph API a call knocks at, and who answers there."""

from collections.abc import Callable
from typing import Any

from inbox.simulator import graph_reads, graph_writes
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import missing_object, unknown_path
from inbox.simulator.login_reads import access_token, answer_owner
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.rights import Target, check_rights
from inbox.simulator.tokens import Bearer, debug_token
from inbox.simulator.world import Page, Person, Thread

Act = Callable[[PretendMeta, GraphCall, Page], Any]
EDGES: dict[tuple[str, str], tuple[str, Act]] = {
    ("GET", "conversations"): ("conversations", graph_reads.conversations),
    ("POST", "subscribed_apps"): ("subscribed_apps", graph_writes.subscribe),
    ("GET", "subscribed_apps"): ("subscribed_apps", graph_writes.subscriptions),
    ("DELETE", "subscribed_apps"): ("subscribed_apps", graph_writes.unsubscribe),
}
APP_DOORS = {("debug_token",): "debug_token", ("oauth", "access_token"): "oauth"}
LAWFUL = ("conversations", "messages", "thread", "message")
"""Doors of the Conversations API, which has a law of its own."""


def target_of(meta: PretendMeta, call: GraphCall, bearer: Bearer) -> Target:
    """Where the call goes (GraphError if there is no such path)."""
    if call.segments in APP_DOORS:
        return Target(APP_DOORS[call.segments])
    if bearer.owner is not None and bearer.page is None and call.segments:
        return Target("accounts" if call.edge == "accounts" else "owner")
    if bearer.page is None or not 1 <= len(call.segments) <= 2:
        raise unknown_path("/".join(call.segments[-1:]))
    return _target_of_page(meta, call, bearer.page)


def _target_of_page(meta: PretendMeta, call: GraphCall, page: Page) -> Target:
    if call.method == "POST" and call.edge == "messages":
        return _target_of_send(meta, call)
    if call.method == "GET" and not call.edge:
        return _target_of_node(meta, page, call.segments[0])
    if call.method == "GET" and call.edge == "messages":
        return _of_thread("messages", meta.world.find_thread(call.segments[0]))
    if (call.method, call.edge) == ("GET", "conversations"):
        return Target("conversations", call.text("user_id"), graph_reads.platform_of(call))
    if (call.method, call.edge) in EDGES:
        return Target(EDGES[call.method, call.edge][0])
    raise unknown_path(call.edge or call.segments[0])


def answer(meta: PretendMeta, call: GraphCall, bearer: Bearer, target: Target) -> dict[str, Any]:
    """Do what the call asks (GraphError if it may not)."""
    page = bearer.page
    if target.door == "oauth":
        return access_token(meta, call)
    if target.door in ("accounts", "owner") and bearer.owner and bearer.token:
        return answer_owner(meta, call, bearer.owner, bearer.token)
    if page is None or call.segments == ("debug_token",):
        return debug_token(meta, call)
    check_rights(bearer, target, call)
    if call.method == "GET" and call.edge in ("", "messages"):
        read = graph_reads.thread_messages if call.edge else graph_reads.node
        with meta.world.lock:
            return read(meta, call, page)
    if call.segments[0] not in ("me", page.id, page.instagram_account_id):
        raise missing_object(call.segments[0], call.method.lower())
    if call.edge == "messages":
        return graph_writes.send(meta, call, page)
    made: dict[str, Any] = EDGES[call.method, call.edge][1](meta, call, page)
    return made


def _target_of_send(meta: PretendMeta, call: GraphCall) -> Target:
    recipient = call.arguments.get("recipient")
    person_id = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
    person = meta.world.find_person(person_id)
    door = "sender_action" if call.arguments.get("sender_action") else "send"
    return Target(door, person_id, person.platform if person else "messenger")


def _target_of_node(meta: PretendMeta, page: Page, identity: str) -> Target:
    if identity in ("me", page.id):
        return Target("me" if identity == "me" else "page")
    person: Person | None = meta.world.find_person(identity)
    if person is not None:
        return Target("profile", identity, person.platform)
    thread = meta.world.find_thread(identity)
    if thread is not None:
        return _of_thread("thread", thread)
    found = meta.world.find_message(identity)
    return _of_thread("message", found[0] if found else None)


def _of_thread(door: str, thread: Thread | None) -> Target:
    return Target(door, thread.person_id, thread.platform) if thread else Target(door)
