"""The attachments of a webhook's message (META_PLATFORM.md §1.3)."""

from __future__ import annotations

from typing import Any

from inbox.meta.deliveries.webhook_events import File
from inbox.meta.deliveries.webhook_fields import a_dict, a_list, a_plain_value, a_text

# Whose URL leads to the file itself, which we copy.
FILES = {"image", "video", "audio", "file", "sticker", "story_mention"}
# Whose URL may lead to a picture on Meta's CDN or to a page: copied where it can be, and linked.
SHARED = {"share", "post", "ig_post", "reel", "ig_reel"}


def read_attachments(value: Any) -> tuple[File, ...]:
    """The files of a message; an unknown type is kept (and shown as unsupported), never an
    error."""
    items = [] if value is None else a_list(value, "attachments")
    return tuple(_one(a_dict(item, "attachment")) for item in items)


def story_reply(value: Any) -> File | None:
    """The story that a message answers (Instagram), kept like a file because it expires."""
    story = a_dict(value, "reply_to").get("story")
    if story is None:
        return None
    story = a_dict(story, "story")
    return File("story_reply", _address(story.get("url")), payload=_without_url(story))


def _one(item: dict[str, Any]) -> File:
    kind = a_text(item.get("type"), "attachment type")[:50] or "unknown"
    payload = a_plain_value(a_dict(item.get("payload") or {}, "attachment payload"), "payload")
    # In echoes and old versions `title` and `url` sit on the attachment itself.
    for name in ("title", "url"):
        if name in item and name not in payload:
            payload[name] = a_text(item[name], name)
    url = _address(payload.get("url"))
    name = payload.get("title") or payload.get("name")
    if kind in FILES:
        return File(kind, url, name if isinstance(name, str) else None, _without_url(payload))
    copied = url if kind in SHARED else None
    return File(kind, copied, None, _without_url(payload) | ({"url": url} if url else {}))


def _address(value: Any) -> str | None:
    """Only web addresses: what else stands in a `url` is not to be followed nor linked."""
    text = a_text(value, "url") if value is not None else ""
    return text if text.startswith(("https://", "http://")) else None


def _without_url(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "url"}
