"""Pages, people, threads and messages, as Meta's own database would hold them."""

import threading
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

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
    messages: list[Message] = field(default_factory=list)
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


class World:
    """Everything, in memory, behind one lock (`with world.lock:`, re-entrant)."""

    def __init__(self, seed: int | None = None) -> None:
        self.lock = threading.RLock()
        self.random = Random(seed)  # noqa: S311 - lifelike ids, not secrets
        self.pages: dict[str, Page] = {}
        self.people: dict[str, Person] = {}
        self.threads: dict[str, Thread] = {}

    def page_of(self, own_id: str) -> Page | None:
        """The page with this Page id or Instagram account id."""
        page = self.pages.get(own_id)
        if page is not None:
            return page
        return next((p for p in self.pages.values() if p.instagram_account_id == own_id), None)

    def thread_with(self, person: Person) -> Thread:
        """The person's thread with the page, made at first use."""
        with self.lock:
            key = ids.thread_id(person.platform, person.page_id, person.id)
            if key not in self.threads:
                self.threads[key] = Thread(key, person.page_id, person.id, person.platform)
            return self.threads[key]

    def add_message(self, thread: Thread, message: Message) -> Message:
        """Put it in its place by time (normally last)."""
        with self.lock:
            # Never re-sorted as a whole: a list that is being sorted looks empty to its readers.
            insort(thread.messages, message, key=lambda m: m.created_ms)
            thread.updated_ms = max(thread.updated_ms, message.created_ms)
            return message

    def new_mid(self, thread: Thread) -> str:
        with self.lock:
            owner = self.pages[thread.page_id].own_id(thread.platform)
            return ids.message_id(self.random, thread.platform, owner)

    def threads_of(self, page: Page, platform: Platform) -> Iterator[Thread]:
        """Threads with at least one message, newest first."""
        with self.lock:
            found = [
                t
                for t in self.threads.values()
                if t.page_id == page.id and t.platform == platform and t.messages
            ]
        return iter(sorted(found, key=lambda t: (t.updated_ms, t.id), reverse=True))

    def find_message(self, mid: str) -> tuple[Thread, Message] | None:
        with self.lock:
            for thread in self.threads.values():
                message = thread.message(mid)
                if message is not None:
                    return thread, message
        return None
