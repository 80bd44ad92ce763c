"""Who is told what: admins and the assigned agent, and nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.api.seats import Seat
from tests.cast import Cast
from tests.realtime.conftest import Seats
from tests.webhooks.wire import Door, Line, new_mid


def now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def hears(seat: Seat, content: str) -> bool:
    seat.ear.waits_for("new_message", lambda e: e["message"]["content"] == content)
    return True


def test_new_message_has_exactly_the_given_keys_and_values(
    door: Door, zelda: Line, seats: Seats, cast: Cast
) -> None:
    at = now()
    door.takes(zelda.delivery(zelda.text("Is it <i>ready</i>?", at=at)))
    event = seats.bob.ear.waits_for("new_message")
    assert event["type"] == "new_message"
    assert event["chat_id"] == str(cast.conversation.id)
    assert event["platform"] == "FACEBOOK"
    assert event["sender_id"] == zelda.person
    message = event["message"]
    assert re.fullmatch(r"\d+", message["id"])
    assert message["content"] == "Is it <i>ready</i>?"
    assert message["sender"] == "facebook_user"
    moment = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    assert message["timestamp"] == moment
    assert "&lt;i&gt;ready" in message["html"]
    assert seats.alice.ear.waits_for("new_message") == event


def test_on_instagram_the_sender_is_an_instagram_user(door: Door, seats: Seats, cast: Cast) -> None:
    line = Line("INSTAGRAM", cast.page.instagram_account_id or "", "8200001")
    door.takes(line.delivery(line.text("Hello")))
    event = seats.alice.ear.waits_for("new_message")
    assert (event["platform"], event["sender_id"]) == ("INSTAGRAM", "8200001")
    assert event["message"]["sender"] == "instagram_user"
    door.takes(line.delivery(line.echo("Hello!", at=now())))
    assert seats.alice.ear.waits_for("new_message")["message"]["sender"] == "agent"


def test_a_message_reaches_admins_and_the_assigned_agent_and_nobody_else(
    *, door: Door, zelda: Line, mallorys: Line, seats: Seats, cast: Cast
) -> None:
    door.takes(zelda.delivery(zelda.text("for Bob", at=now())))
    assert hears(seats.alice, "for Bob")
    assert hears(seats.bob, "for Bob")
    # Whoever must not hear it has a socket that works, and heard nothing before this:
    door.takes(mallorys.delivery(mallorys.text("for Mallory")))
    assert hears(seats.mallory, "for Mallory")
    assert len(seats.mallory.ear.heard) == 1
    seats.alice.patch(f"conversations/{cast.conversation.id}", {"assigneeId": str(cast.charlie.id)})
    seats.charlie.ear.waits_for("conversation_updated")
    assert len(seats.charlie.ear.heard) == 1
    assert "for Mallory" not in str(seats.alice.ear.heard + seats.bob.ear.heard)


def test_everything_that_happens_in_a_thread_goes_to_the_same_people(
    *, door: Door, zelda: Line, mallorys: Line, seats: Seats, cast: Cast
) -> None:
    mid, at = new_mid(), now()
    referral = {"ref": "autumn"}
    door.takes(zelda.delivery(zelda.text("Hello", mid, at, referral=referral)))
    seats.bob.ear.waits_for("new_message")
    seats.bob.ear.waits_for("contact_updated")
    items = [
        zelda.item(at, reaction={"mid": mid, "action": "react", "emoji": "❤"}),
        zelda.item(at, message_edit={"mid": mid, "text": "Hello!", "num_edit": 1}),
        zelda.item(at, read={"watermark": at}),
        zelda.item(at, message={"mid": mid, "is_deleted": True}),
    ]
    door.takes(zelda.delivery(*items))
    unsent = seats.bob.ear.waits_for("message_updated", lambda e: e["message"]["isDeleted"])
    seats.bob.ear.waits_for("conversation_updated")
    assert (
        seats.alice.ear.waits_for("message_updated", lambda e: e["message"]["isDeleted"]) == unsent
    )
    seats.alice.ear.waits_for("contact_updated")
    door.takes(mallorys.delivery(mallorys.text("for Mallory")))
    assert hears(seats.mallory, "for Mallory")
    assert len(seats.mallory.ear.heard) == 1
    seats.alice.patch(f"conversations/{cast.conversation.id}", {"assigneeId": cast.charlie.id})
    seats.charlie.ear.waits_for("conversation_updated")
    assert len(seats.charlie.ear.heard) == 1


def test_unread_count_and_order_of_the_list_follow(
    door: Door, zelda: Line, seats: Seats, cast: Cast
) -> None:
    other = zelda.with_person("7300001")
    at = now()
    for n in range(3):
        door.takes(zelda.delivery(zelda.text(f"zelda {n}", at=at + 2 * n)))
        door.takes(other.delivery(other.text(f"other {n}", at=at + 2 * n + 1)))
    rows = {}
    for _ in range(6):
        row = seats.alice.ear.waits_for("new_message")["conversation"]
        rows[row["id"]] = row
    newest_first = sorted(rows.values(), key=lambda row: row["updatedAt"], reverse=True)
    assert [row["lastMessage"]["content"] for row in newest_first] == ["other 2", "zelda 2"]
    assert [row["unreadCount"] for row in newest_first] == [3, 3]
    assert newest_first == seats.alice.conversations()
    seats.bob.post(f"conversations/{cast.conversation.id}/read")
    read = seats.alice.ear.waits_for("conversation_updated")["conversation"]
    assert (read["id"], read["unreadCount"]) == (str(cast.conversation.id), 0)
    assert seats.bob.ear.waits_for("conversation_updated")["conversation"] == read


def test_a_hand_over_tells_the_new_agent_and_takes_it_from_the_former(
    *, door: Door, zelda: Line, seats: Seats, cast: Cast
) -> None:
    chat = str(cast.conversation.id)
    seats.alice.patch(f"conversations/{chat}", {"assigneeId": str(cast.charlie.id)})
    gone = seats.bob.ear.waits_for("conversation_removed")
    assert gone == {"type": "conversation_removed", "conversationId": chat}
    for seat in (seats.charlie, seats.alice):
        row = seat.ear.waits_for("conversation_updated")["conversation"]
        assert (row["id"], row["assignee"]["name"]) == (chat, "Charlie")
        assert row["html"]
    door.takes(zelda.delivery(zelda.text("for Charlie", at=now())))
    assert hears(seats.charlie, "for Charlie")
    assert seats.bob.ear.names() == ["conversation_removed"]
    seats.charlie.patch(f"conversations/{chat}", {"assigneeId": None})
    seats.charlie.ear.waits_for("conversation_removed")
    door.takes(zelda.delivery(zelda.text("for nobody", at=now())))
    assert hears(seats.alice, "for nobody")
    seats.alice.patch(f"conversations/{chat}", {"assigneeId": str(cast.bob.id)})
    seats.bob.ear.waits_for("conversation_updated")
    assert "for nobody" not in str(seats.charlie.ear.heard)


def test_an_admin_who_lets_go_still_sees_the_conversation(seats: Seats, cast: Cast) -> None:
    chat = str(cast.conversation.id)
    seats.alice.patch(f"conversations/{chat}", {"assigneeId": str(cast.alice.id)})
    seats.alice.patch(f"conversations/{chat}", {"assigneeId": None})
    let_go = lambda e: e["conversation"]["assignee"] is None  # noqa: E731 - reads better here
    seats.alice.ear.waits_for("conversation_updated", let_go)
    assert "conversation_removed" not in seats.alice.ear.names()
