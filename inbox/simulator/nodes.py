"""How threads, messages and people read in the Graph API (META_PLATFORM §2)."""

from dataclasses import dataclass
from typing import Any

from inbox.simulator.clock import DAY_MS, graph_time
from inbox.simulator.fields import Field, Reader, project
from inbox.simulator.graph_errors import GraphError
from inbox.simulator.paging import Listing, cut_page
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Attachment, Message, Page, Person, Thread

INSTAGRAM_DETAILED = 20  # only the 20 newest messages of an Instagram thread can be read
GONE = GraphError(9000001, "This Message has been deleted by the user or the business.")


@dataclass(frozen=True)
class ThreadReader:
    """One thread, read by its page."""

    meta: PretendMeta
    page: Page
    thread: Thread
    address: str
    """Where `paging.next` of its messages points."""
    token: str

    @property
    def person(self) -> Person:
        return self.meta.world.people[self.thread.person_id]

    def show(self, fields: list[Field]) -> dict[str, Any]:
        wanted = fields or [Field("id"), Field("updated_time")]
        return project(wanted, self._readers(), "UnifiedThread")

    def messages(self, query: dict[str, str], fields: list[Field]) -> dict[str, Any]:
        """The messages edge, newest first."""
        rows = [m for m in reversed(self.thread.messages) if not m.is_deleted]
        detailed = {m.mid for m in rows[:INSTAGRAM_DETAILED]}

        def show(message: Message) -> dict[str, Any]:
            if self.thread.platform == "instagram" and message.mid not in detailed:
                return {"id": message.mid}
            return self.show_message(message, fields)

        listing = Listing(self.thread.id, self.address, {"access_token": self.token} | query)
        return cut_page(rows, lambda m: (m.created_ms, m.mid), listing, show)

    def read_message(self, message: Message, fields: list[Field]) -> dict[str, Any]:
        """One message by its id; old ones of Instagram and unsent ones are gone (9000001)."""
        newest = [m.mid for m in self.thread.messages if not m.is_deleted][-INSTAGRAM_DETAILED:]
        too_old = self.thread.platform == "instagram" and message.mid not in newest
        if message.is_deleted or too_old:
            raise GONE
        return self.show_message(message, fields)

    def show_message(self, message: Message, fields: list[Field]) -> dict[str, Any]:
        wanted = fields or [Field("id"), Field("created_time")]
        return project(wanted, self._message_readers(message), "Message")

    def party(self, *, is_page: bool) -> dict[str, Any]:
        """The page or the person, as `from`, `to` and `participants` name them."""
        if self.thread.platform == "instagram":
            identity = self.page.own_id("instagram") if is_page else self.person.id
            name = self.page.instagram_username if is_page else self.person.username
            return {"id": identity, "username": name}
        identity = self.page.id if is_page else self.person.id
        name = self.page.name if is_page else self.person.name
        return {"name": name, "email": f"{identity}@facebook.com", "id": identity}

    def _readers(self) -> dict[str, Reader]:
        thread = self.thread
        readers: dict[str, Reader] = {
            "id": lambda _: thread.id,
            "updated_time": lambda _: graph_time(thread.updated_ms),
            "participants": lambda _: {
                "data": [self.party(is_page=False), self.party(is_page=True)]
            },
            "messages": lambda f: self.messages(f.arguments, f.fields),
            "is_owner": lambda _: None,
        }
        if thread.platform == "messenger":
            readers |= {
                "can_reply": lambda _: self._can_reply(),
                "folder": lambda _: "inbox",
                "link": lambda _: f"/{self.page.id}/inbox/{thread.id[2:]}/",
                "message_count": lambda _: len(thread.messages),
                "senders": lambda _: {"data": [self.party(is_page=False)]},
                "snippet": lambda _: thread.messages[-1].text if thread.messages else None,
                "unread_count": lambda _: len(thread.unread()),
            }
        return readers

    def _can_reply(self) -> bool:
        return self.meta.clock.now_ms() - self.thread.window_opened_ms <= DAY_MS

    def _message_readers(self, message: Message) -> dict[str, Reader]:
        readers: dict[str, Reader] = {
            "id": lambda _: message.mid,
            "created_time": lambda _: graph_time(message.created_ms),
            "from": lambda _: self.party(is_page=message.from_page),
            "to": lambda _: {"data": [self.party(is_page=not message.from_page)]},
            "message": lambda _: message.text,
            "attachments": lambda _: _attachments(message),
            "shares": lambda _: _shares(message),
            "sticker": lambda _: _sticker(message),
            "reactions": lambda _: self._reactions(message),
            "story": lambda _: _story(message),
            "reply_to": lambda _: _reply_to(message),
            "is_unsupported": lambda _: message.extra.get("is_unsupported"),
        }
        if self.thread.platform == "messenger":
            tag = "sent" if message.from_page else "inbox"
            names = ["inbox", tag] if message.from_page else [tag]
            readers["tags"] = lambda _: {"data": [{"name": n} for n in [*names, "source:chat"]]}
        return readers

    def _reactions(self, message: Message) -> dict[str, Any] | None:
        rows = []
        for who, reaction in message.reactions.items():
            user = self.party(is_page=who == "page")
            user.pop("email", None)
            rows.append({"reaction": reaction.emoji, "users": [user]})
        return {"data": rows} if rows else None


def _attachments(message: Message) -> dict[str, Any] | None:
    files = [a for a in message.attachments if a.type in ("image", "video", "audio", "file")]
    rows = [_file(f"{message.mid[:12]}{n}", a) for n, a in enumerate(files)]
    return {"data": rows} if rows else None


def _file(identity: str, attachment: Attachment) -> dict[str, Any]:
    url = (attachment.payload or {}).get("url", "")
    row: dict[str, Any] = {"id": identity, "mime_type": attachment.mime_type}
    row |= {"name": attachment.name or attachment.type, "size": attachment.size}
    if attachment.type == "image":
        size = {"width": 640, "height": 480, "max_width": 640, "max_height": 480}
        return row | {"image_data": {"url": url, "preview_url": url} | size}
    if attachment.type == "video":
        return row | {"video_data": {"url": url, "preview_url": url, "width": 320, "height": 240}}
    return row | {"file_url": url}


def _shares(message: Message) -> dict[str, Any] | None:
    kinds = ("share", "post", "ig_post", "reel", "ig_reel", "fallback")
    rows = [
        {"link": (a.payload or {}).get("url", ""), "name": (a.payload or {}).get("title", "")}
        for a in message.attachments
        if a.type in kinds
    ]
    return {"data": rows} if rows else None


def _sticker(message: Message) -> str | None:
    stickers = [a.payload or {} for a in message.attachments if a.type == "sticker"]
    return str(stickers[0].get("url", "")) if stickers else None


def _story(message: Message) -> dict[str, Any] | None:
    if message.story is None:
        return None
    return {message.story["kind"]: {"link": message.story["url"], "id": message.story["id"]}}


def _reply_to(message: Message) -> dict[str, Any] | None:
    if message.reply_to is None:
        return None
    return {"mid": message.reply_to, "is_self_reply": message.is_self_reply}
