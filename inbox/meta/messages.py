"""The Send API: what may be written, and sending it.

https://developers.facebook.com/docs/messenger-platform/reference/send-api (META_PLATFORM.md §3)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import BRIEF, Graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.window import Window

MESSENGER_CHARACTERS = 1999  # "less than 2000"
INSTAGRAM_BYTES = 1000  # of UTF-8


def text_problem(text: str, platform: str) -> str | None:
    """Why a text cannot be sent on this platform (FACEBOOK or INSTAGRAM), in words for people;
    None when it can."""
    if not text.strip():
        return "Write something first."
    if platform == "INSTAGRAM":
        over = len(text.encode()) - INSTAGRAM_BYTES
        limit = f"{INSTAGRAM_BYTES} bytes (most letters are 1, an emoji is 4 or more)"
    else:
        over = len(text) - MESSENGER_CHARACTERS
        limit = f"{MESSENGER_CHARACTERS} characters"
    return f"This is {over} too long: {limit} is the most." if over > 0 else None


@dataclass(frozen=True)
class OutgoingText:
    """`metadata` comes back with Messenger's echo. Instagram documents none, so it gets none."""

    person_id: str
    platform: str
    text: str
    metadata: str


def send_text(graph: Graph, page: PageAccess, message: OutgoingText, window: Window) -> str:
    """Sends, and returns the `mid`. Raises `MetaError`; see `Graph.post` for UNSURE."""
    answer = graph.post(page.page_id, "messages", token=page.token, body=_body(message, window))
    mid = answer.body.get("message_id")
    if not isinstance(mid, str) or not mid:
        raise MetaError(ErrorKind.UNSURE, "Meta's answer names no message.")
    return mid


def mark_seen(graph: Graph, page: PageAccess, person_id: str) -> None:
    """Shows the person that the Page has read what they wrote. Raises `MetaError`."""
    body = {"recipient": {"id": person_id}, "sender_action": "mark_seen"}
    graph.post(page.page_id, "messages", token=page.token, body=body, patience=BRIEF)


def _body(message: OutgoingText, window: Window) -> dict[str, Any]:
    is_instagram = message.platform == "INSTAGRAM"
    content = {"text": message.text} | ({} if is_instagram else {"metadata": message.metadata})
    body: dict[str, Any] = {"recipient": {"id": message.person_id}, "message": content}
    if window.tag is not None:
        return body | {"messaging_type": window.messaging_type, "tag": window.tag}
    # Instagram's examples leave RESPONSE out.
    return body if is_instagram else body | {"messaging_type": window.messaging_type}
