"""Meta's copies of what our side wrote: here, or elsewhere."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask

from inbox.models import Conversation, Delivery, Direction, Message
from tests.api.seats import Seat
from tests.cast import Cast, message
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Line, new_mid

OUR_APP, ANOTHER_APP = 1000000000000001, 26390203743090


@pytest.fixture
def chat(door: Door, line: Line, alice: Seat) -> int:
    """A conversation that has begun."""
    door.takes(line.delivery(line.text("Hello")))
    return int(alice.new_message()["conversationId"])


def our_reply(
    app: Flask, cast: Cast, chat: int, text: str, delivery: Delivery, **columns: Any
) -> Message:
    """As the API leaves it, before anybody has heard from Meta."""
    with app.app_context():
        from inbox.extensions import db

        return message(
            db.session.get_one(Conversation, chat),
            text,
            Direction.OUTGOING,
            delivery=delivery,
            **({"mid": None, "author_id": cast.alice.id} | columns),
        )


def echo_of(line: Line, reply: Message, mid: str, at: int = NOON + MINUTE) -> dict[str, Any]:
    """Messenger gives our metadata back; Instagram does not keep it."""
    known = {"metadata": str(reply.id), "app_id": OUR_APP} if line.platform == "FACEBOOK" else {}
    return line.delivery(line.echo(reply.content, mid, at, **known))


def bubbles(alice: Seat, chat: int) -> list[dict[str, Any]]:
    return [m for m in alice.messages(chat) if m["direction"] == "OUTGOING"]


def test_an_echo_written_elsewhere_is_a_bubble_without_an_author(
    door: Door, line: Line, chat: int, alice: Seat
) -> None:
    door.takes(line.delivery(line.echo("From the phone", at=NOON + MINUTE, app_id=ANOTHER_APP)))
    event = alice.ear.waits_for("new_message")
    assert event["message"]["sender"] == "agent"
    assert event["message"]["author"] is None
    assert event["message"]["delivery"] == "SENT"
    assert "Written in" in event["message"]["html"]
    assert event["sender_id"] == line.person
    row = event["conversation"]
    assert (row["unreadCount"], row["lastMessage"]["content"]) == (1, "From the phone")
    assert row["lastMessage"]["direction"] == "OUTGOING"
    assert row["lastIncomingAt"] == "2026-09-21T14:13:20.000Z", "it opens no reply window"


def test_an_echo_to_somebody_new_makes_their_conversation_with_nothing_unread(
    door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.echo("You asked on the phone")))
    row = alice.ear.waits_for("new_message")["conversation"]
    assert (row["unreadCount"], row["lastIncomingAt"]) == (0, None)


@pytest.mark.parametrize("delivery", [Delivery.SENDING, Delivery.UNSURE])
def test_the_echo_of_our_reply_settles_it_and_makes_no_second_bubble(
    *, delivery: Delivery, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast
) -> None:
    reply, mid = our_reply(app, cast, chat, "At four", delivery), new_mid()
    door.takes(echo_of(line, reply, mid))
    told = alice.updated_message()
    assert (told["id"], told["mid"], told["delivery"]) == (str(reply.id), mid, "SENT")
    assert told["author"]["name"] == "Alice"
    assert told["timestamp"] == "2026-09-21T14:14:20.000Z"
    assert bubbles(alice, chat) == [told]
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["version"] == alice.get(f"conversations/{chat}")["version"]


def test_an_echo_that_comes_after_metas_answer_changes_nothing_but_the_time(
    *, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast
) -> None:
    mid = new_mid()
    reply = our_reply(app, cast, chat, "At four", Delivery.SENT, mid=mid)
    door.takes(echo_of(line, reply, mid))
    (bubble,) = bubbles(alice, chat)
    assert (bubble["mid"], bubble["delivery"]) == (mid, "SENT")


def test_the_same_echo_again_is_nothing_new(
    *, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast
) -> None:
    first = our_reply(app, cast, chat, "At four", Delivery.SENDING)
    second = our_reply(app, cast, chat, "At four", Delivery.SENDING)
    mid = new_mid()
    for _ in range(3):
        door.takes(echo_of(line, first, mid))
    assert {(b["id"], b["mid"]) for b in bubbles(alice, chat)} == {
        (str(first.id), mid),
        (str(second.id), None),
    }


def test_two_equal_replies_take_their_echoes_in_order(
    *, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast
) -> None:
    replies = [our_reply(app, cast, chat, "Yes", Delivery.SENDING) for _ in range(2)]
    mids = [new_mid(), new_mid()]
    for reply, mid in zip(replies, mids, strict=True):
        door.takes(echo_of(line, reply, mid))
    found = {b["id"]: b["mid"] for b in bubbles(alice, chat)}
    assert found == {str(r.id): mid for r, mid in zip(replies, mids, strict=True)}


def test_on_instagram_another_text_is_written_elsewhere(
    door: Door, instagram: Line, alice: Seat, app: Flask, cast: Cast
) -> None:
    door.takes(instagram.delivery(instagram.text("Hello")))
    chat = int(alice.new_message()["conversationId"])
    our_reply(app, cast, chat, "At four", Delivery.SENDING)
    door.takes(instagram.delivery(instagram.echo("At five", at=NOON + MINUTE)))
    assert [b["content"] for b in bubbles(alice, chat)].count("At five") == 1
    assert len(bubbles(alice, chat)) == 2


@pytest.mark.parametrize("metadata", ["campaign-7", "9" * 18, "9" * 300, "-1", "²", "0"])
def test_metadata_of_another_app_means_nothing_here(
    metadata: str, door: Door, messenger: Line, alice: Seat
) -> None:
    item = messenger.echo("By a bot", app_id=ANOTHER_APP, metadata=metadata)
    door.takes(messenger.delivery(item))
    assert alice.new_message()["content"] == "By a bot"


def test_metadata_that_is_the_id_of_a_customers_message_does_not_touch_it(
    door: Door, messenger: Line, alice: Seat
) -> None:
    door.takes(messenger.delivery(messenger.text("Hello")))
    theirs = alice.new_message()
    echo = messenger.echo("By a bot", app_id=ANOTHER_APP, metadata=theirs["id"])
    door.takes(messenger.delivery(echo))
    assert alice.new_message()["content"] == "By a bot"
    assert theirs in alice.messages(theirs["conversationId"])


def test_an_echo_whose_message_is_here_already_leaves_both_rows_alone(
    *, door: Door, messenger: Line, alice: Seat, app: Flask, cast: Cast, database: Database
) -> None:
    """An import may have read the thread before the echo came."""
    door.takes(messenger.delivery(messenger.text("Hello")))
    chat, mid = int(alice.new_message()["conversationId"]), new_mid()
    reply = our_reply(app, cast, chat, "At four", Delivery.UNSURE)
    our_reply(app, cast, chat, "At four", Delivery.SENT, mid=mid, author_id=None)
    door.takes(echo_of(messenger, reply, mid))
    assert database.value("SELECT count(*) FROM messages WHERE mid = %s", mid) == 1


def test_a_receipt_before_the_echo_of_our_reply_counts(
    *, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast
) -> None:
    reply, mid, at = our_reply(app, cast, chat, "At four", Delivery.SENDING), new_mid(), NOON + 9
    by_moment = line.item(at, read={"watermark": at})
    door.takes(
        line.delivery(by_moment if line.platform == "FACEBOOK" else line.item(read={"mid": mid}))
    )
    door.takes(echo_of(line, reply, mid, at))
    assert [bubble["delivery"] for bubble in bubbles(alice, chat)] == ["READ"]


def test_an_echo_keeps_its_files(door: Door, line: Line, chat: int, alice: Seat) -> None:
    file = {"type": "image", "payload": {"url": "https://scontent.xx.fbcdn.net/a.png"}}
    door.takes(line.delivery(line.echo("", at=NOON + MINUTE, attachments=[file])))
    event = alice.ear.waits_for("new_message")
    assert [f["type"] for f in event["message"]["attachments"]] == ["image"]
    assert event["conversation"]["lastMessage"]["content"] == "Photo"


def test_an_echo_that_postgresql_refuses_is_set_aside_and_the_others_are_stored(
    *, door: Door, line: Line, chat: int, alice: Seat, app: Flask, cast: Cast, database: Database
) -> None:
    """A mid can be too long for an index, which only PostgreSQL can tell."""
    reply = our_reply(app, cast, chat, "At four", Delivery.SENDING)
    source = random.Random(7)
    too_long = "".join(chr(source.randrange(0x10000, 0x1F000)) for _ in range(1000))
    delivery = echo_of(line, reply, too_long)
    delivery["entry"] += line.delivery(line.text("sound", at=NOON + MINUTE))["entry"]
    door.takes(delivery)
    (failure,) = database.rows("SELECT * FROM webhook_failures")
    assert "index row size" in failure["reason"]
    assert [m["delivery"] for m in bubbles(alice, chat)] == ["SENDING"]
    assert "sound" in [message["content"] for message in alice.messages(chat)]
