"""What comes with a message; the copies themselves are made by workers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.seats import Seat
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Line, new_mid

URL = "https://scontent.xx.fbcdn.net/v/file?oh=1"
BY_TYPE: dict[str, tuple[dict[str, Any] | None, str]] = {
    "image": ({"url": URL}, "Photo"),
    "video": ({"url": URL}, "Video"),
    "audio": ({"url": URL}, "Voice message"),
    "file": ({"url": URL, "title": "menu.pdf"}, "File"),
    "sticker": ({"url": URL, "sticker_id": 369239263222822}, "Sticker"),
    "story_mention": ({"url": URL}, "Mentioned you in a story"),
    "reel": ({"url": URL, "title": "Icing", "reel_video_id": "9001"}, "Shared a reel"),
    "ig_reel": ({"url": URL, "title": "Icing", "reel_video_id": "9001"}, "Shared a reel"),
    "post": ({"url": URL, "title": "New", "id": "9002"}, "Shared a post"),
    "ig_post": ({"url": URL, "title": "New", "ig_post_media_id": "9003"}, "Shared a post"),
    "share": ({"url": URL}, "Shared a post"),
    "fallback": ({"url": URL, "title": "A page"}, "Shared a link"),
    "template": ({"product": {"elements": [{"id": "1", "title": "Bowl"}]}}, "Attachment"),
    "location": ({"coordinates": {"lat": 59.3, "long": 18.1}}, "Location"),
    "appointment_booking": ({"booking_id": "7", "status": "PENDING"}, "Attachment"),
    "ephemeral": (None, "View-once photo"),
    "unsupported_type": (None, "Attachment"),
    "hologram": ({"shape": "sphere"}, "Attachment"),
}
COPIED = {
    "image", "video", "audio", "file", "sticker", "story_mention", "reel", "ig_reel", "post",
    "ig_post", "share",
}  # fmt: skip


def with_files(line: Line, *files: object) -> dict[str, Any]:
    return line.item(NOON, message={"mid": new_mid(), "attachments": list(files)})


def test_every_type_is_kept_named_in_the_list_and_copied_where_it_is_a_file(
    door: Door, line: Line, alice: Seat, database: Database
) -> None:
    for number, (kind, (payload, words)) in enumerate(BY_TYPE.items(), 1):
        file = {"type": kind} | ({"payload": payload} if payload else {})
        item = with_files(line, file)
        item["timestamp"] += number
        door.takes(line.delivery(item))
        event = alice.ear.waits_for("new_message")
        assert event["conversation"]["lastMessage"]["content"] == words, kind
        assert event["conversation"]["unreadCount"] == number
        (shape,) = event["message"]["attachments"]
        state = "PENDING" if kind in COPIED else "NONE"
        assert (shape["type"], shape["state"], shape["url"]) == (kind, state, None)
        (row,) = database.rows("SELECT * FROM attachments WHERE id = %s", shape["id"])
        assert row["source_url"] == (URL if kind in COPIED else None), kind
        left = {name: value for name, value in (payload or {}).items() if name != "url"}
        assert left.items() <= row["payload"].items(), kind
        assert event["message"] == alice.messages(event["chat_id"])[0], "the API says the same"


def test_text_and_several_files_stand_in_one_message(door: Door, line: Line, alice: Seat) -> None:
    item = with_files(
        line, {"type": "image", "payload": {"url": URL}}, {"type": "image", "payload": {"url": URL}}
    )
    item["message"]["text"] = "Both of them"
    door.takes(line.delivery(item))
    message = alice.new_message()
    assert message["content"] == "Both of them"
    assert [file["type"] for file in message["attachments"]] == ["image", "image"]


def test_a_file_without_an_address_is_kept_and_nothing_is_fetched(
    door: Door, line: Line, alice: Seat
) -> None:
    for payload in (None, {}, {"url": None}, {"url": ""}):
        door.takes(line.delivery(with_files(line, {"type": "image", "payload": payload})))
        (file,) = alice.new_message()["attachments"]
        assert (file["type"], file["state"]) == ("image", "NONE")


@pytest.mark.parametrize("kind", ["image", "share", "fallback", "hologram"])
def test_what_is_no_web_address_is_neither_fetched_nor_linked(
    kind: str, door: Door, messenger: Line, alice: Seat
) -> None:
    odd = ("javascript:alert(1)", "data:text/html,<b>", "file:///etc/passwd", "//evil.test/x")
    for url in odd:
        file = {"type": kind, "payload": {"url": url}}
        door.takes(messenger.delivery(with_files(messenger, file)))
        message = alice.new_message()
        assert message["attachments"][0]["state"] == "NONE"
        assert url not in str(message)


def test_title_and_url_beside_the_payload_are_read_too(
    door: Door, messenger: Line, alice: Seat
) -> None:
    old = {"type": "fallback", "payload": None, "title": "A page", "url": "https://example.test/"}
    door.takes(messenger.delivery(with_files(messenger, old)))
    (file,) = alice.new_message()["attachments"]
    assert file["payload"] == {"title": "A page", "url": "https://example.test/"}


def test_a_number_past_64_bits_is_told_and_read_like_any_other(
    door: Door, messenger: Line, alice: Seat
) -> None:
    file = {"type": "hologram", "payload": {"width": 10**30, "depth": [-(2**64), 1.5]}}
    door.takes(messenger.delivery(with_files(messenger, file)))
    message = alice.new_message()
    assert message["attachments"][0]["payload"] == file["payload"]
    assert message == alice.messages(message["conversationId"])[0]


def test_a_message_without_anything_is_shown_as_unsupported(
    door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.item(message={"mid": new_mid()})))
    event = alice.ear.waits_for("new_message")
    assert event["conversation"]["lastMessage"]["content"] == "Unsupported message"
