"""The markup of rows and bubbles: it takes whatever Meta may send, and shows it as text."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from inbox import partials
from inbox.models import CopyState

ATTACK = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
ODD: tuple[Any, ...] = (
    None,
    "",
    ATTACK,
    7,
    -0.5,
    True,
    [],
    [None, 7, "x"],
    {},
    {"title": {"a": []}},
)
TYPES = (
    *("image", "video", "audio", "file", "sticker", "story_mention", "share", "post", "ig_post"),
    *("reel", "ig_reel", "fallback", "location", "template", "appointment_booking", "ephemeral"),
    *("unsupported_type", "hologram", ATTACK),
)


def message_shape(**changes: Any) -> dict[str, Any]:
    shape = {
        "id": "1", "mid": "m", "conversationId": "1", "content": "Hello", "sender": "facebook_user",
        "direction": "INCOMING", "kind": "MESSAGE", "delivery": "SENT", "version": 1,
        "timestamp": "2026-11-20T12:00:00.000Z", "attachments": [], "reactions": [],
        "replyTo": None, "isDeleted": False, "editedAt": None, "author": None,
        "clientMessageId": None, "error": None, "platform": "FACEBOOK", "quickReply": None,
        "postback": None, "referral": None, "isUnsupported": None, "isStandby": None,
        "commands": None,
    }  # fmt: skip
    return shape | changes


def attachment(kind: str, payload: Any, state: str, name: str | None = None) -> dict[str, Any]:
    is_stored = state == CopyState.STORED
    return {
        "id": "1",
        "type": kind,
        "url": "/files/attachments/1" if is_stored else None,
        "name": name,
        "mimeType": "image/png" if is_stored else None,
        "size": 12 if is_stored else None,
        "state": state,
        "payload": payload,
    }


def payloads() -> Iterator[Any]:
    yield from ODD
    for odd in ODD:
        yield {"title": odd, "url": odd, "coordinates": odd, "status": odd, "text": odd}
        yield {"product": odd, "elements": odd}
        yield {"product": {"elements": odd}, "coordinates": {"lat": odd, "long": odd}}
        yield {"elements": [{"title": odd, "subtitle": odd}]}


class Markup(HTMLParser):
    """The tags of a piece of HTML, with what could run a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.suspects: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            address = name in ("href", "src") and not (value or "").startswith(
                ("/", "#", "https://", "http://", "mailto:")
            )
            if tag == "script" or name.startswith("on") or name == "style" or address:
                self.suspects.append(f"<{tag} {name}={value}>")


def bubble(app: Flask, **changes: Any) -> Markup:
    with app.app_context():
        return Markup(partials.message_html(message_shape(**changes)))


@pytest.mark.parametrize("state", CopyState)
@pytest.mark.parametrize("kind", TYPES)
def test_any_attachment_with_any_payload_has_a_bubble(
    shared_app: Flask, kind: str, state: str
) -> None:
    for payload in payloads():
        files = [attachment(kind, payload, state, name) for name in (None, ATTACK)]
        assert bubble(shared_app, attachments=files, content="").suspects == []


@pytest.mark.parametrize("field", ["referral", "quickReply", "postback", "commands", "author"])
def test_odd_extras_have_a_bubble(shared_app: Flask, field: str) -> None:
    for odd in ODD:
        assert bubble(shared_app, **{field: odd or None}).suspects == []
    keys = ("source", "adTitle", "productId", "ref")
    assert bubble(shared_app, referral=dict.fromkeys(keys, ATTACK)).suspects == []


def test_links_are_made_of_web_addresses_only(shared_app: Flask) -> None:
    text = f"https://a.example/?q=<b> www.b.example javascript:alert(1) data:text/html,x {ATTACK}"
    for direction in ("INCOMING", "OUTGOING"):
        markup = bubble(shared_app, content=text, direction=direction)
        assert markup.suspects == []
        assert markup.tags.count("a") == 2
    cards = [attachment("fallback", {"url": "javascript:alert(1)", "title": "x"}, "NONE")]
    assert "a" not in bubble(shared_app, attachments=cards, content="").tags


def test_every_kind_of_reply_to_has_a_quote(shared_app: Flask) -> None:
    stories = [
        {"storyUrl": url, "state": state, "mimeType": mime}
        for url in (None, "/files/attachments/1")
        for state in CopyState
        for mime in (None, "image/png", "video/mp4")
    ]
    quotes = [
        {"id": None, "content": None},
        {"id": "1", "content": ATTACK, "direction": "OUTGOING"},
    ]
    for reply_to in (*stories, *quotes):
        assert bubble(shared_app, replyTo=reply_to).suspects == []


@pytest.mark.parametrize("name", ["Zelda Quill", "@zelda", "User 123456", "😀", "", " ", ATTACK])
def test_any_name_has_a_row(shared_app: Flask, name: str) -> None:
    shape = {
        "id": "1", "platform": "INSTAGRAM", "status": "SNOOZED", "unreadCount": 1000, "version": 1,
        "lastMessage": {"content": ATTACK, "direction": "OUTGOING", "timestamp": None},
        "contact": {"id": "9", "name": name, "username": None, "profilePictureUrl": None},
        "assignee": {"id": "1", "name": name}, "facebookPage": {"id": "1", "name": name},
        "updatedAt": None,
    }  # fmt: skip
    with shared_app.app_context():
        html = partials.conversation_html(shape)
    assert Markup(html).suspects == []
    assert "999+" in html


@pytest.mark.parametrize(
    ("text", "is_large"),
    [
        ("\N{GRINNING FACE}", True),
        ("\N{HEAVY BLACK HEART}\ufe0f", True),
        ("\N{THUMBS UP SIGN}\U0001f3fd \N{GRINNING FACE}", True),
        ("\U0001f1f3\U0001f1f4", True),  # a flag
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", True),  # a family
        ("\N{GRINNING FACE}" * 3, True),
        ("\N{GRINNING FACE}" * 4, False),
        ("\N{GRINNING FACE}!", False),
        ("12", False),
        ("これ", False),
        ("\U0001f1f3", False),  # half a flag
    ],
)
def test_a_few_emoji_alone_are_shown_large(shared_app: Flask, text: str, is_large: bool) -> None:
    with shared_app.app_context():
        html = partials.message_html(message_shape(content=text))
    assert (' is-emoji"' in html) is is_large
