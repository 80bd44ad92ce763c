"""One message as a thread's edge shows it (META_PLATFORM.md §2.2), as the same event that a
webhook brings: one writer stores both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbox.meta.deliveries.webhook_events import File, MessageArrived, PlatformName, Thread
from inbox.meta.deliveries.webhook_fields import (
    EARLIEST,
    LATEST,
    MalformedEventError,
    a_dict,
    an_id,
    an_optional_id,
    repaired,
)

KINDS = {"image": "image", "video": "video", "audio": "audio"}


@dataclass(frozen=True)
class Account:
    """Ours, on one platform. `own_ids`: by which Meta may name us (the Page's id, and on Instagram
    the account's too)."""

    platform: PlatformName
    id: str
    own_ids: frozenset[str]


def read_message(row: dict[str, Any], account: Account, person_id: str) -> MessageArrived | None:
    """None for a message whose details Meta keeps to itself (it lists their ids only)."""
    sender = row.get("from")
    if not isinstance(sender, dict) or "created_time" not in row:
        return None
    try:
        row = repaired(row)  # nobody can replay a slice: half characters must not stop it
        is_ours = str(sender.get("id")) in account.own_ids
        story, story_kind = _story(row)
        return MessageArrived(
            Thread(account.platform, account.id, person_id),
            an_id(row.get("id"), "id"),
            "OUTGOING" if is_ours else "INCOMING",
            _text(row.get("message")),
            read_time(row["created_time"]),
            reply_to_mid=_reply_mid(row),
            files=(*_files(row), *([File(story_kind, story)] if story_kind else [])),
            extra={"isUnsupported": True} if row.get("is_unsupported") else {},
            reactions=_reactions(row, account),
        )
    except MalformedEventError:
        return None


def read_time(value: Any) -> datetime:
    """`2026-10-01T09:30:11+0000`."""
    try:
        moment = datetime.fromisoformat(str(value))  # a tenth of what strptime takes
    except ValueError as error:
        raise MalformedEventError("a time that cannot be read") from error
    if moment.tzinfo is None or not EARLIEST < moment < LATEST:
        raise MalformedEventError("a time that cannot be read")
    return moment.astimezone(UTC)


def _text(value: Any) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _reply_mid(row: dict[str, Any]) -> str | None:
    reply_to = row.get("reply_to")
    return an_optional_id(reply_to.get("mid"), "mid") if isinstance(reply_to, dict) else None


def _files(row: dict[str, Any]) -> list[File]:
    files = [_file(item) for item in _data(row.get("attachments"))]
    sticker = row.get("sticker")
    if isinstance(sticker, str) and not files:
        files.append(File("sticker", _address(sticker)))
    for share in _data(row.get("shares")):
        link = _address(share.get("link"))
        title = _text(share.get("name") or share.get("description"))
        files.append(File("share", link, payload={"url": link, "title": title}))
    return files


def _file(item: dict[str, Any]) -> File:
    """Metadata only: the bytes are copied by jobs of their own."""
    mime_type = _text(item.get("mime_type"))
    kind = KINDS.get(mime_type.partition("/")[0], "file")
    for name in ("image_data", "video_data"):
        if isinstance(item.get(name), dict) and item[name].get("url"):
            kind = "image" if name == "image_data" else "video"
            return File(kind, _address(item[name]["url"]), _text(item.get("name")) or None)
    return File(kind, _address(item.get("file_url")), _text(item.get("name")) or None)


def _story(row: dict[str, Any]) -> tuple[str | None, str | None]:
    story = row.get("story")
    for key, kind in (("reply_to", "story_reply"), ("mention", "story_mention")):
        if isinstance(story, dict) and isinstance(story.get(key), dict):
            return _address(story[key].get("link")), kind
    return None, None


def _reactions(row: dict[str, Any], account: Account) -> tuple[dict[str, Any], ...]:
    """As `messages.reactions` keeps them; when they were given Meta does not tell."""
    their_word = "instagram_user" if account.platform == "INSTAGRAM" else "facebook_user"
    return tuple(
        {
            "by": "agent" if str(user.get("id")) in account.own_ids else their_word,
            "emoji": _text(reaction.get("reaction"))[:16] or "❤",
            "at": _text(row.get("created_time")),
        }
        for reaction in _data(row.get("reactions"))
        for user in reaction.get("users") or []
        if isinstance(user, dict)
    )


def _data(edge: Any) -> list[dict[str, Any]]:
    rows = edge.get("data") if isinstance(edge, dict) else None
    return [a_dict(row, "row") for row in rows] if isinstance(rows, list) else []


def _address(value: Any) -> str | None:
    is_web = isinstance(value, str) and value.startswith(("https://", "http://"))
    return value if is_web else None
