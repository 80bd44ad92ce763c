"""Pages, people, threads and messages, as Meta's own database would hold them."""

import heapq
import threading
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, Protocol, TypeVar

from inbox.simulator import ids

Platform = Literal["messenger", "instagram"]
# What GET /{psid} or /{igsid} does instead of answering (META_PLATFORM §2.4).
ProfileFailure = Literal["", "empty", "no_profile", "no_permission", "consent", "no_match"]


@dataclass
class Page:
    id: str
    name: str
    token: str
    instagram_account_id: str | None = None
    instagram_username: str = ""
    has_human_agent: bool = False
    subscribed_fields: list[str] = field(default_factory=list)
    failing_since_ms: int | None = None
    token_error: int | None = None
    """Subcode of error 190 that every call with this page's token gets; None while it is valid."""

    def own_id(self, platform: Platform) -> str:
        """The id that stands for the business itself: Page id or Instagram account id."""
        return (self.instagram_account_id or self.id) if platform == "instagram" else self.id


@dataclass
class Person:
    id: str
    page_id: str
    platform: Platform
    name: str
    username: str = ""
    language: str = "en"
    picture: str = ""
    """File name under /simulator/media/."""
    blocked: bool = False
    profile_failure: ProfileFailure = ""
    reads: bool = True
    """Whether receipts come by themselves; a person played by hand reads when the page is seen."""
    thread_id: str = ""
    """The id of their thread where it is not made from the ids of page and person."""


@dataclass
class Attachment:
    type: str
    payload: dict[str, Any] | None
    mime_type: str = "application/octet-stream"
    name: str = ""
    size: int = 0
    beside: dict[str, Any] = field(default_factory=dict)
    """Keys beside type and payload."""


@dataclass
class Reaction:
    reaction: str
    emoji: str


# Names that the webhook gives to emoji (message_reactions reference); all others are "other".
REACTION_NAMES = {"❤": "love", "😆": "smile", "😮": "wow", "😢": "sad", "😠": "angry", "👍": "like"}


@dataclass
class Message:
    mid: str
    from_page: bool
    created_ms: int
    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    reply_to: str | None = None
    is_self_reply: bool = False
    story: dict[str, Any] | None = None
    """`{"kind": "reply_to" | "mention", "id": …, "url": …}`."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further keys of the webhook's message object: quick_reply, referral, commands …"""
    quick_replies: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    """By who reacted: `person` or `page`."""
    metadata: str | None = None
    app_id: int | None = None
    edits: int = 0
    is_deleted: bool = False
    delivered_ms: int | None = None
    read_ms: int | None = None


@dataclass
class Thread:
    id: str
    page_id: str
    person_id: str
    platform: Platform
    messages: Sequence[Message] = field(default_factory=list)
    """Oldest first; a list, save for generated threads, which are only read."""
    window_opened_ms: int = 0
    """The last act of the person that opens the 24 hour window."""
    page_seen_ms: int = 0
    page_typing_until_ms: int = 0
    updated_ms: int = 0

    def message(self, mid: str) -> Message | None:
        return next((m for m in reversed(self.messages) if m.mid == mid), None)

    def unread(self) -> list[Message]:
        """The person's messages that the page has neither seen nor answered."""
        answered = max((m.created_ms for m in self.messages if m.from_page), default=0)
        since = max(answered, self.page_seen_ms)
        return [m for m in self.messages if not m.from_page and m.created_ms > since]


class Generated(Protocol):
    """People and threads of a page that nobody holds in memory (`generated_page`)."""

    def person(self, person_id: str) -> Person | None: ...
    def thread(self, thread_id: str) -> Thread | None: ...
    def thread_of_message(self, mid: str) -> Thread | None: ...
    def threads_after(self, platform: Platform, before_ms: int) -> Iterator[Thread]:
        """Threads updated at this moment or earlier, newest first."""
        ...


class World:
    """Everything behind one lock (`with world.lock:`, re-entrant): what somebody has touched is
    in memory; the rest of a generated page is made up anew whenever it is read."""

    def __init__(self, seed: int | None = None) -> None:
        self.lock = threading.RLock()
        self.random = Random(seed)  # noqa: S311 - lifelike ids, not secrets
        self.pages: dict[str, Page] = {}
        self.people: dict[str, Person] = {}
        self.threads: dict[str, Thread] = {}
        self.generated: Mapping[str, Generated] = {}
        """By page id."""

    def page_of(self, own_id: str) -> Page | None:
        """The page with this Page id or Instagram account id."""
        page = self.pages.get(own_id)
        if page is not None:
            return page
        return next((p for p in self.pages.values() if p.instagram_account_id == own_id), None)

    def thread_with(self, person: Person) -> Thread:
        """The person's thread with the page, made at first use."""
        with self.lock:
            key = person.thread_id or ids.thread_id(person.platform, person.page_id, person.id)
            if key not in self.threads:
                self.threads[key] = Thread(key, person.page_id, person.id, person.platform)
            return self.threads[key]

    def add_message(self, thread: Thread, message: Message) -> Message:
        """Put it in its place by time (normally last)."""
        with self.lock:
            if not isinstance(thread.messages, list):
                raise TypeError("a generated thread must be taken in before anything is added")
            # Never re-sorted as a whole: a list that is being sorted looks empty to its readers.
            insort(thread.messages, message, key=lambda m: m.created_ms)
            thread.updated_ms = max(thread.updated_ms, message.created_ms)
            return message

    def new_mid(self, thread: Thread) -> str:
        with self.lock:
            owner = self.pages[thread.page_id].own_id(thread.platform)
            return ids.message_id(self.random, thread.platform, owner)

    def threads_of(
        self, page: Page, platform: Platform, after: tuple[int, str] | None = None
    ) -> Iterator[Thread]:
        """Threads with at least one message, newest first: all, or those that stand after this
        (updated_ms, id)."""
        before_ms = after[0] if after else 1 << 53
        with self.lock:
            held = [
                t
                for t in self.threads.values()
                if t.page_id == page.id and t.platform == platform and t.messages
            ]
        runs: list[Iterable[Thread]] = [sorted(held, key=_newness, reverse=True)]
        if page.id in self.generated:
            made = self.generated[page.id].threads_after(platform, before_ms)
            runs.append(t for t in made if t.id not in self.threads)
        merged = heapq.merge(*runs, key=_newness, reverse=True)
        return (t for t in merged if after is None or _newness(t) < after)

    def find_person(self, person_id: str) -> Person | None:
        """The person, to be read only."""
        return self.people.get(person_id) or _first(
            each.person(person_id) for each in self.generated.values()
        )

    def find_thread(self, thread_id: str) -> Thread | None:
        """The thread, to be read only."""
        return self.threads.get(thread_id) or _first(
            each.thread(thread_id) for each in self.generated.values()
        )

    def find_message(self, mid: str) -> tuple[Thread, Message] | None:
        with self.lock:
            made = _first(each.thread_of_message(mid) for each in self.generated.values())
            near = [self.threads.get(made.id, made)] if made else self.threads.values()
            for thread in near:
                message = thread.message(mid)
                if message is not None:
                    return thread, message
        return None

    def take_in(self, person_id: str) -> Person | None:
        """The person, held in memory with their thread from now on: whoever acts must be."""
        with self.lock:
            person = self.find_person(person_id)
            if person is not None and person.id not in self.people:
                thread = self.find_thread(person.thread_id)
                if thread is not None:
                    thread.messages = list(thread.messages)
                    self.threads[thread.id] = thread
                self.people[person.id] = person
            return person


def _newness(thread: Thread) -> tuple[int, str]:
    return thread.updated_ms, thread.id


Found = TypeVar("Found")


def _first(found: Iterable[Found | None]) -> Found | None:
    return next((each for each in found if each is not None), None)
