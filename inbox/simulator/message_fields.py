"""How the fields of a message read in the Graph API (META_PLATFORM §2.2)."""

from collections.abc import Callable
from typing import Any, Protocol

from inbox.simulator.clock import graph_time
from inbox.simulator.world import Attachment, Message

FILES = ("image", "video", "audio", "file")
SHARES = ("share", "post", "ig_post", "reel", "ig_reel", "fallback")


class Names(Protocol):
    """Says how the two sides of a thread are named."""

    def party(self, *, is_page: bool) -> dict[str, Any]: ...


MessageReader = Callable[[Names, Message], Any]


def _attachments(message: Message) -> dict[str, Any] | None:
    files = [a for a in message.attachments if a.type in FILES]
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
    rows = [
        {"link": (a.payload or {}).get("url", ""), "name": (a.payload or {}).get("title", "")}
        for a in message.attachments
        if a.type in SHARES
    ]
    return {"data": rows} if rows else None


def _sticker(message: Message) -> str | None:
    stickers = [a.payload or {} for a in message.attachments if a.type == "sticker"]
    return str(stickers[0].get("url", "")) if stickers else None


def _reactions(names: Names, message: Message) -> dict[str, Any] | None:
    rows = []
    for who, reaction in message.reactions.items():
        user = names.party(is_page=who == "page")
        user.pop("email", None)
        rows.append({"reaction": reaction.emoji, "users": [user]})
    return {"data": rows} if rows else None


def _story(message: Message) -> dict[str, Any] | None:
    if message.story is None:
        return None
    return {message.story["kind"]: {"link": message.story["url"], "id": message.story["id"]}}


def _reply_to(message: Message) -> dict[str, Any] | None:
    if message.reply_to is None:
        return None
    return {"mid": message.reply_to, "is_self_reply": message.is_self_reply}


def _tags(message: Message) -> dict[str, Any]:
    names = ["inbox", "sent"] if message.from_page else ["inbox"]
    return {"data": [{"name": name} for name in [*names, "source:chat"]]}


BOTH: dict[str, MessageReader] = {
    "id": lambda _, m: m.mid,
    "created_time": lambda _, m: graph_time(m.created_ms),
    "from": lambda n, m: n.party(is_page=m.from_page),
    "to": lambda n, m: {"data": [n.party(is_page=not m.from_page)]},
    "message": lambda _, m: m.text,
    "attachments": lambda _, m: _attachments(m) if m.attachments else None,
    "shares": lambda _, m: _shares(m) if m.attachments else None,
    "sticker": lambda _, m: _sticker(m) if m.attachments else None,
    "reactions": lambda n, m: _reactions(n, m) if m.reactions else None,
    "story": lambda _, m: _story(m),
    "reply_to": lambda _, m: _reply_to(m),
    "is_unsupported": lambda _, m: m.extra.get("is_unsupported"),
}
MESSENGER_ONLY: dict[str, MessageReader] = {"tags": lambda _, m: _tags(m)}
