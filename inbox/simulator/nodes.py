"""How threads read in the Graph API (META_PLATFORM §2)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inbox.simulator.clock import DAY_MS, graph_time
from inbox.simulator.fields import Field, picked
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError, nonexisting_field
from inbox.simulator.message_fields import BOTH, MESSENGER_ONLY, MessageReader
from inbox.simulator.paging import Listing, Place, cut_page
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Message, Page, Person, Thread

GONE = GraphError(9000001, "This Message has been deleted by the user or the business.")
DEFAULT_FIELDS = [Field("id"), Field("updated_time")]
DEFAULT_MESSAGE_FIELDS = [Field("id"), Field("created_time")]
Row = tuple[Message, bool]
"""A message, and whether Meta still tells its details."""


@dataclass(frozen=True)
class ThreadReader:
    """One thread, read by its page."""

    meta: PretendMeta
    call: GraphCall
    page: Page
    thread: Thread
    person: Person

    def show(self, fields: list[Field]) -> dict[str, Any]:
        known = BOTH_THREADS if self.thread.platform == "instagram" else THREADS
        shown: dict[str, Any] = {}
        for each in fields or DEFAULT_FIELDS:
            if each.name not in known:
                raise nonexisting_field(each.name, "UnifiedThread")
            value = known[each.name](self, each)
            if value is not None:
                shown[each.name] = value if each.name == "messages" else picked(value, each)
        shown["id"] = self.thread.id
        return shown

    def expanded(self, wanted: Field) -> dict[str, Any]:
        """The messages edge inside another answer: `messages.limit(n).after(…){…}`."""
        query = {"access_token": self.call.token} | wanted.arguments
        if wanted.fields:
            query["fields"] = wanted.inner
        return self.messages(self._listing(query), wanted.fields)

    def edge(self, fields: list[Field]) -> dict[str, Any]:
        """`GET /{thread}/messages`."""
        query = {name: self.call.text(name) for name in self.call.arguments}
        query["access_token"] = self.call.token
        return self.messages(self._listing(query, is_edge=True), fields)

    def messages(self, listing: Listing, fields: list[Field]) -> dict[str, Any]:
        """Newest first; rows of messages that are too old for details hold their `id` alone."""
        known = BOTH if self.thread.platform == "instagram" else BOTH | MESSENGER_ONLY
        read = message_reader(known, fields)

        def show(row: Row) -> dict[str, Any]:
            message, has_details = row
            return read(self, message) if has_details else {"id": message.mid}

        return cut_page(listing, self._rows_after, lambda r: (r[0].created_ms, r[0].mid), show)

    def read_message(self, message: Message, fields: list[Field]) -> dict[str, Any]:
        """One message by its id; old ones of Instagram and unsent ones are gone (9000001)."""
        at = _index(self.thread.messages, (message.created_ms, message.mid))
        if message.is_deleted or self._newer(at + 1) >= self._detailed():
            raise GONE
        known = BOTH if self.thread.platform == "instagram" else BOTH | MESSENGER_ONLY
        return message_reader(known, fields)(self, message)

    def party(self, *, is_page: bool) -> dict[str, Any]:
        """The page or the person, as `from`, `to` and `participants` name them; who has no name
        has no such key."""
        on_instagram = self.thread.platform == "instagram"
        identity = self.page.own_id(self.thread.platform) if is_page else self.person.id
        if on_instagram:
            name = self.page.instagram_username if is_page else self.person.username
            return {"id": identity, "username": name} if name else {"id": identity}
        name = self.page.name if is_page else self.person.name
        named = {"name": name} if name else {}
        return named | {"email": f"{identity}@facebook.com", "id": identity}

    def can_reply(self) -> bool:
        return self.meta.clock.now_ms() - self.thread.window_opened_ms <= DAY_MS

    def _listing(self, query: Mapping[str, str], *, is_edge: bool = False) -> Listing:
        return Listing(
            self.thread.id,
            self.call.address(self.thread.id, "messages"),
            query,
            self.meta.limits,
            self.meta.clock.now_ms(),
            self.call.fault if is_edge else None,
        )

    def _rows_after(self, place: Place | None) -> Iterator[Row]:
        messages = self.thread.messages
        at = len(messages) if place is None else _index(messages, place)
        detailed, rank = self._detailed(), self._newer(at)
        while at > 0:
            at -= 1
            message = messages[at]
            if not message.is_deleted:
                rank += 1
                yield message, rank <= detailed

    def _detailed(self) -> int:
        """So many of the newest messages have details."""
        limits = self.meta.limits
        on_instagram = self.thread.platform == "instagram"
        given = limits.instagram_detailed if on_instagram else limits.messenger_detailed
        return given or len(self.thread.messages)

    def _newer(self, at: int) -> int:
        """How many messages stand from this index on; counted only as far as it matters."""
        messages, found = self.thread.messages, 0
        if self._detailed() >= len(messages):
            return 0
        for index in range(len(messages) - 1, at - 1, -1):
            found += not messages[index].is_deleted
            if found >= self._detailed():
                break
        return found


def _index(messages: Sequence[Message], place: Place) -> int:
    """Where the message of a cursor stands, or would stand."""
    moment, mid = place
    at = bisect_left(messages, moment, key=lambda m: m.created_ms)
    for index in range(at, len(messages)):
        if messages[index].created_ms != moment:
            break
        if messages[index].mid == mid:
            return index
    return at


def message_reader(
    known: Mapping[str, MessageReader], fields: list[Field]
) -> Callable[[ThreadReader, Message], dict[str, Any]]:
    """Reads the requested fields of any message of a thread (GraphError 100 for unknown ones)."""
    wanted = fields or DEFAULT_MESSAGE_FIELDS
    for each in wanted:
        if each.name not in known:
            raise nonexisting_field(each.name, "Message")
    plan = [(each.name, known[each.name], each) for each in wanted if each.name != "id"]

    def read(reader: ThreadReader, message: Message) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, value_of, each in plan:
            value = value_of(reader, message)
            if value is not None:
                shown[name] = picked(value, each) if each.fields else value
        shown["id"] = message.mid
        return shown

    return read


BOTH_THREADS: dict[str, Callable[[ThreadReader, Field], Any]] = {
    "id": lambda r, _: r.thread.id,
    "updated_time": lambda r, _: graph_time(r.thread.updated_ms),
    "participants": lambda r, _: {"data": [r.party(is_page=False), r.party(is_page=True)]},
    "messages": lambda r, f: r.expanded(f),
    "is_owner": lambda _, __: None,
}
THREADS = BOTH_THREADS | {
    "can_reply": lambda r, _: r.can_reply(),
    "folder": lambda _, __: "inbox",
    "link": lambda r, _: f"/{r.page.id}/inbox/{r.thread.id[2:]}/",
    "message_count": lambda r, _: len(r.thread.messages),
    "senders": lambda r, _: {"data": [r.party(is_page=False)]},
    "snippet": lambda r, _: r.thread.messages[-1].text if r.thread.messages else None,
    "unread_count": lambda r, _: len(r.thread.unread()),
}
