"""Taps, referrals and everything that is no message but belongs into the thread."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.seats import Seat
from tests.cast import Cast
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Line, new_mid


@pytest.mark.parametrize("has_mid", [True, False])
def test_a_tap_on_a_button_is_what_the_person_said(
    has_mid: bool, door: Door, line: Line, alice: Seat
) -> None:
    content = {"title": "Get started", "payload": "GET_STARTED"}
    tap = line.delivery(line.item(postback=content | ({"mid": new_mid()} if has_mid else {})))
    for _ in range(2):
        door.takes(tap)
    event = alice.ear.waits_for("new_message")
    message, row = event["message"], event["conversation"]
    assert (message["content"], message["kind"]) == ("Get started", "MESSAGE")
    assert message["postback"] == content
    assert "Tapped a button" in message["html"]
    assert (row["unreadCount"], row["lastIncomingAt"]) == (1, "2026-09-21T14:13:20.000Z")
    assert len(alice.messages(event["chat_id"])) == 1, "delivered again it is the same"


def test_a_tap_in_standby_has_no_payload(door: Door, line: Line, alice: Seat) -> None:
    item = line.item(postback={"mid": new_mid(), "title": "Get started"})
    door.takes(line.delivery(item, slot="standby"))
    message = alice.new_message()
    assert message["postback"] == {"title": "Get started", "payload": ""}
    assert message["isStandby"] is True


def test_a_tap_without_a_title_shows_its_payload(door: Door, line: Line, alice: Seat) -> None:
    door.takes(line.delivery(line.item(postback={"mid": new_mid(), "payload": "MENU"})))
    assert alice.new_message()["content"] == "MENU"


def test_a_tap_can_say_where_the_person_came_from(door: Door, line: Line, alice: Seat) -> None:
    referral = {"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    content = {"mid": new_mid(), "title": "Get started", "payload": "GO", "referral": referral}
    door.takes(line.delivery(line.item(postback=content)))
    assert alice.ear.waits_for("contact_updated")["contact"]["referral"] == referral


@pytest.mark.parametrize(
    ("source", "words"),
    [("SHORTLINK", "Came back by a link"), ("ADS", "Came back by an ad")],
)
def test_a_referral_is_an_activity_that_opens_the_reply_window(
    source: str, words: str, door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Hello")))
    alice.new_message()
    referral = {"ref": "newsletter", "source": source, "type": "OPEN_THREAD"}
    again = line.delivery(line.item(NOON + MINUTE, referral=referral))
    for _ in range(2):
        door.takes(again)
    event = alice.ear.waits_for("new_message")
    assert (event["message"]["kind"], event["message"]["content"]) == ("ACTIVITY", words)
    assert event["message"]["referral"] == referral
    row = event["conversation"]
    assert row["unreadCount"] == 1
    assert row["lastMessage"]["content"] == "Hello"
    assert row["lastIncomingAt"] == "2026-09-21T14:14:20.000Z"
    assert len(alice.messages(event["chat_id"])) == 2
    assert alice.get(f"conversations/{event['chat_id']}")["contact"]["referral"] == referral


ACTIVITIES: dict[str, tuple[Any, str]] = {
    "optin": ({"ref": "checkout"}, "Opted in to messages"),
    "account_linking": (
        {"status": "linked", "authorization_code": "x"},
        "Linked or unlinked their account",
    ),
    "message_request": ("accept", "Accepted the conversation"),
    "pass_thread_control": (
        {"previous_owner_app_id": None, "new_owner_app_id": 5550001, "metadata": ""},
        "An app passed this conversation on",
    ),
    "take_thread_control": (
        {"previous_owner_app_id": 1, "new_owner_app_id": 2, "metadata": ""},
        "An app took this conversation over",
    ),
    "request_thread_control": (
        {"requested_owner_app_id": 2, "metadata": ""},
        "An app asked for this conversation",
    ),
    "response_feedback": ({"feedback": "good response", "mid": "m_1"}, "Rated an answer"),
}


@pytest.mark.parametrize("kind", ACTIVITIES)
def test_what_is_no_message_is_a_line_in_the_thread_and_nothing_unread(
    kind: str, door: Door, line: Line, alice: Seat
) -> None:
    content, words = ACTIVITIES[kind]
    delivery = line.delivery(line.item(**{kind: content}))
    for _ in range(2):
        door.takes(delivery)
    event = alice.ear.waits_for("new_message")
    assert (event["message"]["kind"], event["message"]["content"]) == ("ACTIVITY", words)
    assert "is-activity" in event["message"]["html"]
    assert event["message"]["isUnsupported"] is None
    assert event["conversation"]["unreadCount"] == 0
    assert len(alice.messages(event["chat_id"])) == 1


@pytest.mark.parametrize("content", [{"id": "h_1"}, "a text", 7, ["a", {"b": None}], True])
def test_an_unknown_kind_is_kept_and_shown_as_unsupported(
    content: object, door: Door, line: Line, alice: Seat, database: Database
) -> None:
    door.takes(line.delivery(line.item(hologram=content)))
    message = alice.new_message()
    assert (message["kind"], message["isUnsupported"]) == ("ACTIVITY", True)
    assert message["content"] == "Something that Inbox cannot show (hologram)"
    assert database.value("SELECT count(*) FROM webhook_failures") == 0


def test_a_policy_enforcement_is_shown_to_the_admins(
    door: Door, messenger: Line, cast: Cast, database: Database
) -> None:
    item = {
        "recipient": {"id": messenger.account},
        "timestamp": NOON,
        "policy_enforcement": {"action": "block", "reason": "Spam\x00 \ud800"},
    }
    door.takes(messenger.delivery(item))
    (failure,) = database.rows("SELECT * FROM webhook_failures")
    assert failure["organization_id"] == cast.organization.id
    assert failure["reason"].startswith("Meta enforces a policy on this Page (block): Spam")


def test_app_roles_name_no_person_and_are_shown_to_the_admins(
    door: Door, messenger: Line, cast: Cast, database: Database
) -> None:
    roles = {"5550001": ["primary_receiver"]}
    item = {"recipient": {"id": messenger.account}, "timestamp": NOON, "app_roles": roles}
    door.takes(messenger.delivery(item))
    (failure,) = database.rows("SELECT * FROM webhook_failures")
    assert failure["organization_id"] == cast.organization.id
    assert failure["reason"] == "the event names no person (app_roles)"


def test_the_dashboards_test_is_journalled_and_makes_nothing(
    door: Door, database: Database, cast: Cast
) -> None:
    value = {
        "sender": {"id": "12334"},
        "recipient": {"id": "23245"},
        "timestamp": "1527459824",
        "message": {"mid": "random_mid", "text": "random_text"},
    }
    changes = [{"field": "messages", "value": value}]
    door.takes({"object": "instagram", "entry": [{"id": "0", "time": 1, "changes": changes}]})
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 1
    assert database.value("SELECT count(*) FROM webhook_failures") == 0
    assert database.value("SELECT count(*) FROM messages") == 1, "that of the cast"


def test_the_dashboards_test_for_a_page_of_ours_is_a_message(
    door: Door, instagram: Line, alice: Seat
) -> None:
    change = {"field": "messages", "value": instagram.text("random_text", at="1790000000")}
    door.takes(instagram.delivery(change, slot="changes"))
    assert alice.new_message()["content"] == "random_text"


@pytest.mark.parametrize("field", ["feed", "comments", "inbox_labels", "mentions"])
def test_changes_that_are_no_messages_are_journalled_only(
    field: str, door: Door, line: Line, database: Database
) -> None:
    change = {"field": field, "value": {"from": {"id": "1", "name": "Eva"}, "text": "Nice!"}}
    door.takes(line.delivery(change, slot="changes"))
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 1
    assert database.value("SELECT count(*) FROM webhook_failures") == 0
    assert database.value("SELECT count(*) FROM messages") == 1, "that of the cast"


@pytest.mark.parametrize("kind", ["user", "whatsapp_business_account", "x" * 500])
def test_objects_that_are_not_ours_are_journalled_only(
    kind: str, door: Door, messenger: Line, database: Database
) -> None:
    door.takes(messenger.delivery(messenger.text("Hello")) | {"object": kind})
    assert database.value("SELECT object FROM webhook_deliveries") == kind
    assert database.value("SELECT count(*) FROM messages") == 1, "that of the cast"


def test_an_unknown_page_gets_200_a_line_in_the_journal_and_nothing_else(
    door: Door, line: Line, database: Database
) -> None:
    tables = ("contacts", "conversations", "messages", "attachments", "early_events",
              "webhook_failures")  # fmt: skip
    before = [database.value(f"SELECT count(*) FROM {table}") for table in tables]
    stranger = Line(line.platform, "4040404", line.person)
    items = [
        stranger.text("Hello", attachments=[{"type": "image", "payload": {"url": "https://x"}}]),
        stranger.text("Hello", referral={"ref": "x"}),
        stranger.echo("Hello", metadata="1"),
        stranger.item(reaction={"mid": "m_1", "action": "react", "emoji": "❤"}),
        stranger.item(message_edit={"mid": "m_1", "text": "x", "num_edit": 1}),
        stranger.item(message={"mid": "m_1", "is_deleted": True}),
        stranger.item(read={"mid": "m_1"}),
        stranger.item(delivery={"watermark": NOON}),
        stranger.item(hologram={}),
    ]
    for item in items:
        door.takes(stranger.delivery(item))
    door.takes(stranger.delivery(*items))
    assert [database.value(f"SELECT count(*) FROM {table}") for table in tables] == before
    assert database.value("SELECT count(*) FROM webhook_deliveries") == len(items) + 1
