"""Reading a Page's past: slices of threads together with their newest messages.

One call brings many threads with their messages (field expansion); only longer threads cost more.
The list has no dates to ask for, is newest first, and ends when no `after` comes with it
(META_PLATFORM.md §2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import Graph, Patience
from inbox.meta.deliveries.webhook_events import MessageArrived
from inbox.meta.deliveries.webhook_fields import LONGEST_ID, MalformedEventError, an_id, repaired
from inbox.meta.past.history_messages import Account, read_message, read_time
from inbox.meta.usage import Usage

# A slice of 2,500 messages takes Meta seconds to write.
LONG = Patience(connect=5, read=60, whole=90)

NEWEST_DETAILED = 20  # of an Instagram thread Meta tells no details of older messages
MOST_MESSAGES = 100  # of one thread in one call

ATTACHMENTS = "attachments{mime_type,name,size,image_data{url},video_data{url},file_url}"
COMMON = f"id,created_time,from,message,{ATTACHMENTS},reactions,reply_to"
MESSAGE_FIELDS = {
    "FACEBOOK": f"{COMMON},sticker,shares{{link,name,description}}",
    "INSTAGRAM": f"{COMMON},shares{{link,name}},story,is_unsupported",
}
LEAN_FIELDS = "id,created_time,from,message"  # when Meta does not know one of the others


@dataclass(frozen=True)
class Person:
    """The other side of a thread. `name` is what Meta's list says, where it does."""

    id: str
    name: str | None
    username: str | None


@dataclass(frozen=True)
class ThreadPage:
    """A thread with its newest messages; `older` is where the rest begins, None at the end.
    `problem` says why nothing of it can be stored."""

    id: str
    updated_at: datetime | None
    person: Person | None
    messages: tuple[MessageArrived, ...] = ()
    unreadable: int = 0
    older: str | None = None
    problem: str | None = None
    code: str | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Slice:
    """Some threads, newest first; `after` is where the next ones begin, None at the end."""

    threads: tuple[ThreadPage, ...]
    after: str | None
    usage: Usage


@dataclass(frozen=True)
class Asked:
    """How much one call asks for."""

    threads: int
    messages: int
    is_lean: bool = False


class History:
    """The past of one account (a Page on Messenger, or its Instagram account)."""

    def __init__(self, graph: Graph, access: PageAccess, account: Account) -> None:
        self._graph = graph
        self._access = access
        self.account = account

    def threads(
        self, asked: Asked, after: str | None = None, *, person_id: str | None = None
    ) -> Slice:
        """The next threads, or the one with this person. Raises `MetaError`."""
        fields = f"id,updated_time,participants,{self._messages(asked)}"
        if not asked.messages:
            fields = "id,updated_time,participants"
        answer = self._graph.get(
            self._access.page_id,
            "conversations",
            token=self._access.token,
            patience=LONG,
            platform="instagram" if self.account.platform == "INSTAGRAM" else "messenger",
            fields=fields,
            limit=asked.threads,
            **({"after": after} if after else {}),
            **({"user_id": person_id} if person_id else {}),
        )
        threads = tuple(self._thread(row) for row in _rows(answer.body))
        return Slice(threads, _after(answer.body), answer.usage)

    def thread(self, thread_id: str, asked: Asked) -> ThreadPage:
        """One thread by itself. Raises `MetaError`."""
        fields = f"id,updated_time,participants,{self._messages(asked)}"
        answer = self._graph.get(thread_id, token=self._access.token, patience=LONG, fields=fields)
        return replace(self._thread(answer.body), usage=answer.usage)

    def older(self, thread: ThreadPage, after: str, asked: Asked) -> ThreadPage:
        """The next messages of a long thread. Raises `MetaError`."""
        answer = self._graph.get(
            thread.id,
            "messages",
            token=self._access.token,
            patience=LONG,
            fields=self._fields(asked),
            limit=asked.messages,
            after=after,
        )
        assert thread.person is not None
        messages, unreadable = self._read(_rows(answer.body), thread.person)
        return replace(
            thread,
            messages=messages,
            unreadable=unreadable,
            older=_after(answer.body),
            usage=answer.usage,
        )

    def _messages(self, asked: Asked) -> str:
        return f"messages.limit({asked.messages}){{{self._fields(asked)}}}"

    def _fields(self, asked: Asked) -> str:
        return LEAN_FIELDS if asked.is_lean else MESSAGE_FIELDS[self.account.platform]

    def _thread(self, row: dict[str, Any]) -> ThreadPage:
        thread_id = repaired(str(row.get("id")))[:LONGEST_ID]
        try:
            updated_at = read_time(row.get("updated_time"))
            person = self._person(row)
        except MalformedEventError as error:
            return ThreadPage(thread_id, None, None, problem=str(error))
        edge = row.get("messages")
        messages, unreadable = self._read(_rows(edge), person)
        return ThreadPage(thread_id, updated_at, person, messages, unreadable, _after(edge))

    def _person(self, row: dict[str, Any]) -> Person:
        """The participant that is not us."""
        for participant in _rows(row.get("participants")):
            person_id = str(participant.get("id") or "")
            if person_id and person_id not in self.account.own_ids:
                name, username = participant.get("name"), participant.get("username")
                return Person(an_id(person_id, "a participant"), _text(name), _text(username))
        raise MalformedEventError("nobody but the Page takes part in this thread")

    def _read(
        self, rows: Iterator[dict[str, Any]], person: Person
    ) -> tuple[tuple[MessageArrived, ...], int]:
        """The messages that can be read, and how many could not: older ones of Instagram."""
        read = [read_message(row, self.account, person.id) for row in rows]
        known = [message for message in read if message is not None]
        return in_their_order(known), len(read) - len(known)


def in_their_order(messages: list[MessageArrived]) -> tuple[MessageArrived, ...]:
    """Newest first, as Meta lists them. It tells whole seconds only: what was said in one second
    is set apart by milliseconds."""
    apart: list[MessageArrived] = []
    second, count = None, 0
    for message in reversed(messages):
        count = count + 1 if message.sent_at == second else 0
        second = message.sent_at
        apart.append(
            replace(message, sent_at=second + timedelta(milliseconds=min(count, 999)))
            if count
            else message
        )
    return tuple(reversed(apart))


def _rows(edge: Any) -> Iterator[dict[str, Any]]:
    rows = edge.get("data") if isinstance(edge, dict) else None
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _after(edge: Any) -> str | None:
    """Where the next page begins. Pages may be short or empty and still have a next one; its
    address holds the token, so only the cursor is taken out."""
    paging = edge.get("paging") if isinstance(edge, dict) else None
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _text(value: Any) -> str | None:
    return repaired(value).replace("\x00", "")[:200] or None if isinstance(value, str) else None
