"""What people write: in the database, in the API, on the screen and live."""

from __future__ import annotations

import pytest

from tests.api.seats import Seat
from tests.cast import Cast
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Line, new_mid


def test_a_first_text_makes_contact_conversation_and_message(
    door: Door, line: Line, alice: Seat, cast: Cast, database: Database
) -> None:
    mid = new_mid()
    door.takes(line.delivery(line.text("Is the cake ready?", mid)))
    message = alice.new_message()
    assert (
        message
        | {
            "mid": mid,
            "content": "Is the cake ready?",
            "sender": f"{line.platform.lower()}_user",
            "direction": "INCOMING",
            "kind": "MESSAGE",
            "timestamp": "2026-09-21T14:13:20.000Z",
            "attachments": [],
            "reactions": [],
            "replyTo": None,
            "isDeleted": False,
            "editedAt": None,
            "version": 1,
        }
        == message
    )
    assert "Is the cake ready?" in message["html"]

    (row,) = database.rows(
        "SELECT v.*, c.messenger_psid, c.instagram_sid, c.profile_due_at IS NOT NULL AS due"
        " FROM conversations v JOIN contacts c ON c.id = v.contact_id WHERE v.id = %s",
        message["conversationId"],
    )
    assert row["organization_id"] == cast.organization.id
    assert row["facebook_page_id"] == cast.page.id
    assert {row["messenger_psid"], row["instagram_sid"]} == {line.person, None}
    assert (row["platform"], row["status"], row["unread_count"]) == (line.platform, "OPEN", 1)
    assert row["last_message_snippet"] == "Is the cake ready?"
    assert int(row["last_incoming_at"].timestamp() * 1000) == NOON
    assert row["due"], "a sweep finds whose name is to be asked"


def test_a_second_text_goes_to_the_same_conversation(
    door: Door, line: Line, alice: Seat, database: Database
) -> None:
    door.takes(line.delivery(line.text("One")))
    first = alice.ear.waits_for("new_message")
    door.takes(line.delivery(line.text("Two", at=NOON + MINUTE)))
    second = alice.ear.waits_for("new_message")
    assert second["chat_id"] == first["chat_id"]
    assert second["conversation"]["unreadCount"] == 2
    assert second["conversation"]["version"] > first["conversation"]["version"]
    assert [m["content"] for m in alice.messages(first["chat_id"])] == ["Two", "One"]


def test_a_message_of_the_person_reopens_a_settled_conversation_and_an_echo_does_not(
    door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Hello")))
    chat = alice.new_message()["conversationId"]
    alice.patch(f"conversations/{chat}", {"status": "RESOLVED"})
    door.takes(line.delivery(line.echo("Bye!", at=NOON + MINUTE)))
    assert alice.get(f"conversations/{chat}")["status"] == "RESOLVED"
    door.takes(line.delivery(line.text("One more thing", at=NOON + 2 * MINUTE)))
    assert alice.get(f"conversations/{chat}")["status"] == "OPEN"


def test_both_platforms_of_a_page_are_two_conversations(
    door: Door, messenger: Line, instagram: Line, database: Database
) -> None:
    instagram = instagram.with_person(messenger.person)  # ids of two platforms may be equal
    door.takes(messenger.delivery(messenger.text("From Messenger")))
    door.takes(instagram.delivery(instagram.text("From Instagram")))
    found = database.rows(
        "SELECT v.platform, m.content FROM messages m JOIN conversations v"
        " ON v.id = m.conversation_id WHERE m.content LIKE 'From %%' ORDER BY m.id"
    )
    assert [row["platform"] for row in found] == ["FACEBOOK", "INSTAGRAM"]


def test_a_quick_reply_keeps_its_payload(door: Door, line: Line, alice: Seat) -> None:
    chosen = line.text("Pick up", quick_reply={"payload": "PICK_UP"})
    door.takes(line.delivery(chosen))
    message = alice.new_message()
    assert (message["content"], message["quickReply"]) == ("Pick up", "PICK_UP")
    assert "Quick reply" in message["html"]


def test_a_reply_quotes_the_message_it_answers(door: Door, line: Line, alice: Seat) -> None:
    question, answer = line.text("Which colour?"), new_mid()
    mid = question["message"]["mid"]
    door.takes(line.delivery(question))
    quoted = alice.new_message()
    about = {"mid": mid} | ({"is_self_reply": True} if line.platform == "FACEBOOK" else {})
    door.takes(line.delivery(line.text("Blue", answer, NOON + MINUTE, reply_to=about)))
    message = alice.new_message()
    assert message["replyTo"] == {
        "id": quoted["id"],
        "content": "Which colour?",
        "direction": "INCOMING",
        "author": None,
    }
    assert "Which colour?" in message["html"]


def test_a_reply_to_a_message_that_we_do_not_have_says_so(
    door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Yes", reply_to={"mid": "m_before_our_time"})))
    message = alice.new_message()
    assert message["replyTo"] == {"id": None, "content": None}
    assert "An earlier message that is not here" in message["html"]


def test_a_reply_that_comes_before_what_it_answers_is_told_again_with_its_quote(
    door: Door, line: Line, alice: Seat
) -> None:
    mid = new_mid()
    door.takes(line.delivery(line.text("Blue", at=NOON + MINUTE, reply_to={"mid": mid})))
    assert alice.new_message()["replyTo"] == {"id": None, "content": None}
    door.takes(line.delivery(line.text("Which colour?", mid)))
    quoted = alice.new_message()
    assert alice.updated_message()["replyTo"]["id"] == quoted["id"]


def test_a_story_reply_shows_the_story(
    door: Door, instagram: Line, alice: Seat, database: Database
) -> None:
    story = {"id": "17900000000000001", "url": "https://lookaside.fbsbx.com/story?asset_id=1"}
    door.takes(instagram.delivery(instagram.text("Lovely!", reply_to={"story": story})))
    message = alice.new_message()
    assert message["replyTo"] == {"storyUrl": None, "state": "PENDING", "mimeType": None}
    assert message["attachments"] == []
    assert "Replied to your story" in message["html"]
    (file,) = database.rows("SELECT * FROM attachments WHERE message_id = %s", message["id"])
    assert (file["type"], file["source_url"]) == ("story_reply", story["url"])
    assert file["payload"] == {"id": story["id"]}


def test_a_story_reply_without_words_is_still_something_in_the_list(
    door: Door, instagram: Line, alice: Seat
) -> None:
    story = {"id": "17900000000000001", "url": "https://lookaside.fbsbx.com/story?asset_id=1"}
    item = instagram.item(message={"mid": new_mid(), "reply_to": {"story": story}})
    door.takes(instagram.delivery(item))
    event = alice.ear.waits_for("new_message")
    assert event["conversation"]["lastMessage"]["content"] == "Replied to your story"


@pytest.mark.parametrize(
    ("referral", "kept"),
    [
        (
            {
                "ref": "autumn",
                "ad_id": 6045246247433,
                "source": "ADS",
                "type": "OPEN_THREAD",
                "ads_context_data": {"ad_title": "Autumn cakes", "post_id": "5501"},
            },
            {
                "ref": "autumn",
                "adId": 6045246247433,
                "source": "ADS",
                "type": "OPEN_THREAD",
                "adTitle": "Autumn cakes",
                "postId": "5501",
            },
        ),
        ({"product": {"id": "4400"}}, {"productId": "4400"}),
    ],
)
def test_where_a_message_came_from_stands_on_it_and_on_the_contact(
    referral: object, kept: dict[str, object], door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("How much?", referral=referral)))
    event = alice.ear.waits_for("new_message")
    assert event["message"]["referral"] == kept
    told = alice.ear.waits_for("contact_updated")["contact"]
    assert told["referral"] == kept
    shown = alice.get(f"conversations/{event['chat_id']}")
    assert shown["contact"] == told


def test_an_older_referral_that_comes_again_does_not_replace_a_newer_one(
    door: Door, line: Line, alice: Seat
) -> None:
    old = line.delivery(line.text("Hi", referral={"ref": "spring", "source": "SHORTLINK"}))
    new = line.text("Hi again", at=NOON + MINUTE, referral={"ref": "autumn", "source": "ADS"})
    door.takes(old)
    door.takes(line.delivery(new))
    door.takes(old)
    chat = alice.ear.waits_for("new_message")["chat_id"]
    assert alice.get(f"conversations/{chat}")["contact"]["referral"]["ref"] == "autumn"


def test_a_command_and_a_message_that_meta_cannot_show_are_kept(
    door: Door, line: Line, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("/menu", commands=[{"name": "menu"}])))
    assert alice.new_message()["commands"] == ["menu"]
    unsupported = line.item(NOON + MINUTE, message={"mid": new_mid(), "is_unsupported": True})
    door.takes(line.delivery(unsupported))
    event = alice.ear.waits_for("new_message")
    assert event["message"]["isUnsupported"] is True
    assert "can only be seen in" in event["message"]["html"]
    assert event["conversation"]["lastMessage"]["content"] == "Unsupported message"
    assert event["conversation"]["unreadCount"] == 2


def test_standby_is_read_like_messaging_and_marked(door: Door, line: Line, alice: Seat) -> None:
    door.takes(line.delivery(line.text("To another app"), slot="standby"))
    message = alice.new_message()
    assert (message["content"], message["isStandby"]) == ("To another app", True)
    assert "Standby" in message["html"]
