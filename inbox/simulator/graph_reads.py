"""The reading doors of the Graph API: conversations, messages, profiles, the page itself."""

from collections.abc import Iterator
from typing import Any, get_args

from inbox.simulator.fields import Field, parse_fields, project
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import broken_thread, missing_object, parameter, reduce_data
from inbox.simulator.nodes import ThreadReader
from inbox.simulator.page_fields import page_readers
from inbox.simulator.paging import Listing, Place, clamped, cut_page
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.profiles import read_profile
from inbox.simulator.world import Page, Platform, Thread


def conversations(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{page}/conversations?platform&user_id&fields&limit&after`."""
    platform, user_id = platform_of(call), call.text("user_id")
    if platform == "instagram" and page.instagram_account_id is None:
        raise parameter("The Page is not linked to an Instagram professional account", 2534013)
    fields = parse_fields(call.text("fields"))
    query = {key: call.text(key) for key in call.arguments} | {"access_token": call.token}
    listing = Listing(
        f"{page.id}:{platform}:{user_id}",
        call.address(page.id, "conversations"),
        query,
        meta.limits,
        meta.clock.now_ms(),
        call.fault,
    )
    _check_budget(meta, 1 if user_id else listing.limit, fields)
    reads_messages = any(each.name == "messages" for each in fields)

    def rows_after(place: Place | None) -> Iterator[Thread]:
        threads = meta.world.threads_of(page, platform, place)
        return (t for t in threads if t.person_id == user_id) if user_id else threads

    def show(thread: Thread) -> dict[str, Any]:
        check_broken(meta, thread, reads_messages=reads_messages)
        return _reader(meta, call, page, thread).show(fields)

    with meta.world.lock:
        return cut_page(listing, rows_after, lambda t: (t.updated_ms, t.id), show)


def thread_messages(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{thread}/messages?fields&limit&after`."""
    thread = _thread(meta, page, call.segments[0])
    check_broken(meta, thread, reads_messages=True)
    return _reader(meta, call, page, thread).edge(parse_fields(call.text("fields")))


def node(meta: PretendMeta, call: GraphCall, page: Page) -> dict[str, Any]:
    """`GET /{id}`: the page, a person, a thread or a message."""
    identity, fields = call.segments[0], parse_fields(call.text("fields"))
    if identity in ("me", page.id):
        return project(fields or [Field("name")], page_readers(page, token=call.token), "Page")
    person = meta.world.find_person(identity)
    if person is not None and person.page_id == page.id:
        return read_profile(meta, person, fields)
    if meta.world.find_thread(identity) is not None:
        thread = _thread(meta, page, identity)
        _check_budget(meta, 1, fields)
        check_broken(meta, thread, reads_messages=any(each.name == "messages" for each in fields))
        return _reader(meta, call, page, thread).show(fields)
    found = meta.world.find_message(identity)
    if found is not None and found[0].page_id == page.id:
        check_broken(meta, found[0], reads_messages=True)
        return _reader(meta, call, page, found[0]).read_message(found[1], fields)
    raise missing_object(identity)


def platform_of(call: GraphCall) -> Platform:
    wanted = call.text("platform", "messenger").lower()
    for platform in get_args(Platform):
        if platform == wanted:
            return "instagram" if wanted == "instagram" else "messenger"
    raise parameter("Param platform must be one of {INSTAGRAM, MESSENGER}")


def check_broken(meta: PretendMeta, thread: Thread, *, reads_messages: bool) -> None:
    """A thread that a test has broken answers its error to whoever reads its messages, or, with
    `slim` set, to whoever so much as lists it."""
    fault = meta.faults.broken(thread.person_id)
    if fault is not None and (reads_messages or fault.settings.get("slim")):
        raise broken_thread(fault)


def _check_budget(meta: PretendMeta, threads: int, fields: list[Field]) -> None:
    for each in fields:
        if each.name == "messages":
            asked = threads * clamped(each.arguments.get("limit", ""), meta.limits)
            if 0 < meta.limits.budget < asked:
                raise reduce_data()


def _thread(meta: PretendMeta, page: Page, identity: str) -> Thread:
    thread = meta.world.find_thread(identity)
    if thread is None or thread.page_id != page.id:
        raise missing_object(identity)
    return thread


def _reader(meta: PretendMeta, call: GraphCall, page: Page, thread: Thread) -> ThreadReader:
    person = meta.world.find_person(thread.person_id)
    if person is None:
        raise missing_object(thread.id)
    return ThreadReader(meta, call, page, thread, person)
