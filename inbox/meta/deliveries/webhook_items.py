"""One event of a delivery: which kind it is and what it says (META_PLATFORM.md §1.3–1.5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from inbox.meta.deliveries.webhook_attachments import read_attachments, story_reply
from inbox.meta.deliveries.webhook_events import (
    DeliveredUpTo,
    Event,
    MessageArrived,
    MessageEdited,
    MessageUnsent,
    Reacted,
    ReadUpTo,
    Thread,
)
from inbox.meta.deliveries.webhook_fields import (
    MalformedEventError,
    a_dict,
    a_list,
    a_moment,
    a_plain_value,
    a_text,
    an_id,
    an_optional_id,
    clean,
)

# Instagram sends a word; where Meta sends no emoji this is what its own apps show.
EMOJI = {
    "love": "❤", "like": "👍", "dislike": "👎", "smile": "😆", "laugh": "😆", "wow": "😮",
    "sad": "😢", "angry": "😠",
}  # fmt: skip

# Events that are no message, in the thread's words.
ACTIVITIES = {
    "optin": "Opted in to messages",
    "account_linking": "Linked or unlinked their account",
    "message_request": "Accepted the conversation",
    "pass_thread_control": "An app passed this conversation on",
    "take_thread_control": "An app took this conversation over",
    "request_thread_control": "An app asked for this conversation",
    "response_feedback": "Rated an answer",
}


def read_item(content: dict[str, Any], thread: Thread, *, is_standby: bool) -> Event:
    """Raises `MalformedEventError`. A kind we do not know becomes an activity in the thread."""
    for kind, reader in READERS.items():
        if content.get(kind) is not None:
            return reader(content, a_dict(content[kind], kind), thread, is_standby)
    return _activity(content, thread)


def _message(
    content: dict[str, Any], message: dict[str, Any], thread: Thread, is_standby: bool
) -> Event:
    mid = an_id(message.get("mid"), "message.mid")
    if message.get("is_deleted"):
        return MessageUnsent(thread, mid)
    reply_to = message.get("reply_to")
    story = story_reply(reply_to) if reply_to is not None else None
    referral = _referral(message.get("referral"))
    is_echo = bool(message.get("is_echo"))
    return MessageArrived(
        thread,
        mid,
        "OUTGOING" if is_echo else "INCOMING",
        a_text(message.get("text"), "message.text"),
        _when(content),
        reply_to_mid=_reply_mid(reply_to),
        files=read_attachments(message.get("attachments")) + ((story,) if story else ()),
        extra=_extra(message, referral, is_standby=is_standby),
        referral=referral,
        metadata=an_optional_id(message.get("metadata") or None, "message.metadata"),
    )


def _extra(
    message: dict[str, Any], referral: dict[str, Any] | None, *, is_standby: bool
) -> dict[str, Any]:
    """What few messages have, by the names of the message shape."""
    quick_reply = message.get("quick_reply")
    commands = message.get("commands")
    chosen = {
        "quickReply": quick_reply
        and a_text(a_dict(quick_reply, "quick_reply").get("payload"), "quick_reply.payload"),
        "commands": commands
        and [
            a_text(a_dict(c, "command").get("name"), "command")
            for c in a_list(commands, "commands")
        ],
        "isUnsupported": bool(message.get("is_unsupported")),
        "isStandby": is_standby,
        "appId": an_optional_id(message.get("app_id"), "app_id"),
        "referral": referral,
    }
    return {name: value for name, value in chosen.items() if value}


def _reply_mid(reply_to: Any) -> str | None:
    if reply_to is None:
        return None
    return an_optional_id(a_dict(reply_to, "reply_to").get("mid"), "reply_to.mid")


def _postback(
    content: dict[str, Any], postback: dict[str, Any], thread: Thread, is_standby: bool
) -> Event:
    """A tap on a button: the title is what the person said by it."""
    mid = an_optional_id(postback.get("mid"), "postback.mid") or _made_mid(content)
    referral = _referral(postback.get("referral"))
    title = a_text(postback.get("title"), "postback.title")
    payload = a_text(postback.get("payload"), "postback.payload")
    extra: dict[str, Any] = {"postback": {"title": title, "payload": payload}}
    extra |= {"isStandby": True} if is_standby else {}
    extra |= {"referral": referral} if referral else {}
    return MessageArrived(
        thread, mid, "INCOMING", title or payload, _when(content), extra=extra, referral=referral
    )


def _edit(content: dict[str, Any], edit: dict[str, Any], thread: Thread, _standby: bool) -> Event:
    try:
        number = int(edit.get("num_edit", 1))
    except (TypeError, ValueError, OverflowError) as error:
        raise MalformedEventError("message_edit.num_edit is no number") from error
    mid = an_id(edit.get("mid"), "message_edit.mid")
    return MessageEdited(
        thread, mid, a_text(edit.get("text"), "message_edit.text"), number, _when(content)
    )


def _reaction(
    content: dict[str, Any], reaction: dict[str, Any], thread: Thread, _standby: bool
) -> Event:
    mid = an_id(reaction.get("mid"), "reaction.mid")
    if a_text(reaction.get("action"), "reaction.action") == "unreact":
        return Reacted(thread, mid, None, _when(content))
    word = a_text(reaction.get("reaction"), "reaction.reaction")
    emoji = a_text(reaction.get("emoji"), "reaction.emoji")[:16] or EMOJI.get(word, "❤")
    return Reacted(thread, mid, emoji, _when(content))


def _read(_content: dict[str, Any], read: dict[str, Any], thread: Thread, _standby: bool) -> Event:
    if read.get("mid") is not None:
        return ReadUpTo(thread, None, an_id(read["mid"], "read.mid"))
    return ReadUpTo(thread, a_moment(read.get("watermark"), "read.watermark"))


def _delivery(
    _content: dict[str, Any], delivery: dict[str, Any], thread: Thread, _standby: bool
) -> Event:
    mids = a_list(delivery.get("mids") or [], "delivery.mids")
    return DeliveredUpTo(
        thread,
        a_moment(delivery.get("watermark"), "delivery.watermark"),
        tuple(an_id(mid, "delivery.mids") for mid in mids),
    )


def _referred(
    content: dict[str, Any], value: dict[str, Any], thread: Thread, _standby: bool
) -> Event:
    """The person came back by a link or an ad, without writing anything yet."""
    referral = _referral(value) or {}
    return MessageArrived(
        thread,
        _made_mid(content),
        "INCOMING",
        "Came back by an ad" if referral.get("source") == "ADS" else "Came back by a link",
        _when(content),
        kind="ACTIVITY",
        extra={"referral": referral},
        referral=referral,
    )


def _referral(value: Any) -> dict[str, Any] | None:
    """Where the person came from: a link (`ref`), an ad, a product."""
    if value is None:
        return None
    value = a_dict(value, "referral")
    ad = a_dict(value.get("ads_context_data") or {}, "ads_context_data")
    product = a_dict(value.get("product") or {}, "referral.product")
    found = {
        "ref": value.get("ref"),
        "source": value.get("source"),
        "type": value.get("type"),
        "adId": value.get("ad_id"),
        "adTitle": ad.get("ad_title"),
        "postId": ad.get("post_id"),
        "productId": product.get("id") or ad.get("product_id"),
    }
    return {name: a_plain_value(item, name) for name, item in found.items() if item is not None}


def _activity(content: dict[str, Any], thread: Thread) -> MessageArrived:
    about = set(content) - {"sender", "recipient", "timestamp"}
    known = sorted(about & ACTIVITIES.keys())
    words = clean(", ".join(sorted(about))[:100], "the event")
    return MessageArrived(
        thread,
        _made_mid(content),
        "INCOMING",
        ACTIVITIES[known[0]] if known else f"Something that Inbox cannot show ({words})",
        _when(content),
        kind="ACTIVITY",
        extra={} if known else {"isUnsupported": True},
    )


def _when(content: dict[str, Any]) -> datetime:
    return a_moment(content.get("timestamp"), "timestamp")


def _made_mid(content: dict[str, Any]) -> str:
    """The same event delivered again gets the same id."""
    text = json.dumps(content, sort_keys=True)
    return "event:" + hashlib.sha256(text.encode()).hexdigest()


Reader = Callable[[dict[str, Any], dict[str, Any], Thread, bool], Event]
READERS: dict[str, Reader] = {
    "message": _message,
    "message_edit": _edit,
    "reaction": _reaction,
    "read": _read,
    "delivery": _delivery,
    "postback": _postback,
    "referral": _referred,
}
