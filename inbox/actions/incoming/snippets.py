"""The one line of a message that the list shows."""

from __future__ import annotations

from inbox.meta.deliveries.webhook_events import MessageArrived

LENGTH = 120
WORDS = {
    "image": "Photo",
    "video": "Video",
    "audio": "Voice message",
    "file": "File",
    "sticker": "Sticker",
    "story_mention": "Mentioned you in a story",
    "share": "Shared a post",
    "post": "Shared a post",
    "ig_post": "Shared a post",
    "reel": "Shared a reel",
    "ig_reel": "Shared a reel",
    "location": "Location",
    "fallback": "Shared a link",
    "ephemeral": "View-once photo",
}


def snippet_of(event: MessageArrived) -> str:
    """The text's beginning, or words for what came instead of a text."""
    text = shortened(event.content)
    if text:
        return text
    files = [file for file in event.files if file.type != "story_reply"]
    if files:
        return WORDS.get(files[0].type, "Attachment")
    return "Replied to your story" if event.files else "Unsupported message"


def shortened(text: str) -> str:
    """On one line, 120 characters at the most."""
    line = " ".join(text[: LENGTH * 4].split())
    return line if len(line) <= LENGTH else line[: LENGTH - 1].rstrip() + "…"
