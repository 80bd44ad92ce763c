"""The reading doors of the Graph API: conversations, messages, profiles, the page itself."""

from typing import Any, get_args

from inbox.simulator.fields import Field, Reader, parse_fields, project
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import missing_object, parameter
from inbox.simulator.nodes import ThreadReader
from inbox.simulator.paging import Listing, cut_page
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.profiles import read_profile
from inbox.simulator.world import Page, Platform, Thread


def conversations(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{page}/conversations?platform&user_id&fields&limit&after`."""
    platform = _platform(call)
    fields = parse_fields(call.text("fields"))
    user_id = call.text("user_id")
    threads = list(meta.world.threads_of(page, platform))
    if user_id:
        threads = [thread for thread in threads if thread.person_id == user_id]
    query = {key: call.text(key) for key in call.arguments} | {"access_token": call.token}
    name = f"{page.id}:{platform}:{user_id}"
    listing = Listing(name, _address(call, page.id, "conversations"), query)
    with meta.world.lock:
        return cut_page(
            threads,
            lambda thread: (thread.updated_ms, thread.id),
            listing,
            lambda thread: _reader(meta, call, page, thread).show(fields),
        )


def thread_messages(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{thread}/messages?fields&limit&after`."""
    reader = _reader(meta, call, page, _thread(meta, page, call.segments[0]))
    query = {key: call.text(key) for key in call.arguments}
    return reader.messages(query, parse_fields(call.text("fields")))


def node(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{id}`: the page, a person, a thread or a message."""
    identity, fields = call.segments[0], parse_fields(call.text("fields"))
    if identity in ("me", page.id):
        return project(fields or [Field("name")], _page_readers(page), "Page")
    person = meta.world.people.get(identity)
    if person is not None and person.page_id == page.id:
        return read_profile(meta, person, fields)
    if identity in meta.world.threads:
        return _reader(meta, call, page, _thread(meta, page, identity)).show(fields)
    found = meta.world.find_message(identity)
    if found is not None and found[0].page_id == page.id:
        return _reader(meta, call, page, found[0]).read_message(found[1], fields)
    raise missing_object(identity)


def node_door(meta: PretendMeta, page: Page, identity: str) -> str:
    """Which door of the faults an id belongs to."""
    if identity in ("me", page.id):
        return "me" if identity == "me" else "page"
    if identity in meta.world.people:
        return "profile"
    return "thread" if identity in meta.world.threads else "message"


def _platform(call: GraphCall) -> Platform:
    wanted = call.text("platform", "messenger").lower()
    for platform in get_args(Platform):
        if platform == wanted:
            return "instagram" if wanted == "instagram" else "messenger"
    raise parameter("Param platform must be one of {INSTAGRAM, MESSENGER}")


def _thread(meta: PretendMeta, page: Page, identity: str) -> Thread:
    thread = meta.world.threads.get(identity)
    if thread is None or thread.page_id != page.id:
        raise missing_object(identity)
    return thread


def _address(call: GraphCall, *path: str) -> str:
    return "/".join([call.base_url, *([call.version] if call.version else []), *path])


def _reader(meta: PretendMeta, call: GraphCall, page: Page, thread: Thread) -> ThreadReader:
    address = _address(call, thread.id, "messages")
    return ThreadReader(meta, page, thread, address, call.token)


def _page_readers(page: Page) -> dict[str, Reader]:
    account = None
    if page.instagram_account_id:
        account = {"id": page.instagram_account_id, "username": page.instagram_username}
    return {
        "id": lambda _: page.id,
        "name": lambda _: page.name,
        "category": lambda _: "Home decor",
        "access_token": lambda _: page.token,
        "instagram_business_account": lambda f: account and _chosen(account, f),
        "link": lambda _: f"https://www.facebook.com/{page.id}",
        "has_transitioned_to_new_page_experience": lambda _: True,
    }


def _chosen(row: dict[str, str], wanted: Field) -> dict[str, str]:
    names = {each.name for each in wanted.fields} | {"id"}
    return {key: value for key, value in row.items() if key in names}
