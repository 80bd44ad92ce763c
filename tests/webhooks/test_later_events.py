"""What happens to a message after it was written: reactions, edits, unsends."""

from __future__ import annotations

import pytest

from tests.api.seats import Seat
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Item, Line, new_mid

URL = "https://scontent.xx.fbcdn.net/v/file?oh=1"


@pytest.fixture
def mid(door: Door, line: Line, alice: Seat) -> str:
    """Of a message that is there."""
    mid = new_mid()
    door.takes(line.delivery(line.text("Is the cake ready?", mid)))
    alice.new_message()
    return mid


def reaction(line: Line, mid: str, emoji: str = "❤", at: int = NOON + MINUTE) -> Item:
    content = {"mid": mid, "action": "react", "reaction": "love", "emoji": emoji}
    return line.item(at, reaction=content)


def unreaction(line: Line, mid: str, at: int) -> Item:
    return line.item(at, reaction={"mid": mid, "action": "unreact"})


def edit(line: Line, mid: str, text: str, number: object, at: int = NOON + MINUTE) -> Item:
    return line.item(at, message_edit={"mid": mid, "text": text, "num_edit": number})


def unsend(line: Line, mid: str) -> Item:
    return line.item(NOON + MINUTE, message={"mid": mid, "is_deleted": True})


def test_a_reaction_is_a_chip_on_its_message_and_no_unread(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(reaction(line, mid)))
    message = alice.updated_message()
    assert message["mid"] == mid
    assert message["reactions"] == [{"emoji": "❤", "by": f"{line.platform.lower()}_user"}]
    assert 'class="reaction"' in message["html"]
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["unreadCount"] == 1
    assert row["lastIncomingAt"] == "2026-09-21T14:14:20.000Z", "it opens the reply window"


@pytest.mark.parametrize(
    ("word", "shown"), [("angry", "😠"), ("laugh", "😆"), ("like", "👍"), ("other", "❤")]
)
def test_a_reaction_without_an_emoji_is_shown_by_its_word(
    *, word: str, shown: str, door: Door, line: Line, mid: str, alice: Seat
) -> None:
    content = {"mid": mid, "action": "react", "reaction": word}
    door.takes(line.delivery(line.item(NOON + MINUTE, reaction=content)))
    assert [r["emoji"] for r in alice.updated_message()["reactions"]] == [shown]


def test_a_changed_reaction_replaces_the_one_before(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(reaction(line, mid, "❤")))
    door.takes(line.delivery(reaction(line, mid, "😂", NOON + 2 * MINUTE)))
    alice.ear.waits_for("message_updated", lambda e: e["message"]["reactions"][0]["emoji"] == "😂")


def test_a_reaction_is_taken_back_and_an_older_one_does_not_come_back(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    first = line.delivery(reaction(line, mid))
    door.takes(first)
    assert alice.updated_message()["reactions"]
    door.takes(line.delivery(unreaction(line, mid, NOON + 3 * MINUTE)))
    gone = alice.updated_message()
    assert gone["reactions"] == []
    assert 'class="reaction"' not in gone["html"]
    door.takes(line.delivery(reaction(line, mid, "😮", NOON + 2 * MINUTE)))
    door.takes(first)
    assert alice.messages(gone["conversationId"])[0]["reactions"] == []


def test_taking_a_reaction_back_opens_no_reply_window(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(unreaction(line, mid, NOON + 3 * MINUTE)))
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["lastIncomingAt"] == "2026-09-21T14:13:20.000Z"


def test_a_reaction_to_what_we_wrote(door: Door, line: Line, alice: Seat) -> None:
    echo = line.echo("Ready at four")
    door.takes(line.delivery(echo, reaction(line, echo["message"]["mid"])))
    alice.ear.waits_for("new_message")
    message = alice.updated_message()
    assert (message["direction"], len(message["reactions"])) == ("OUTGOING", 1)


def test_an_edit_changes_the_text_in_thread_and_list(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(edit(line, mid, "Is the <b>tart</b> ready?", "1")))
    message = alice.updated_message()
    assert message["content"] == "Is the <b>tart</b> ready?"
    assert message["editedAt"] == "2026-09-21T14:14:20.000Z"
    assert "&lt;b&gt;tart" in message["html"]
    assert "Edited" in message["html"]
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["lastMessage"]["content"] == "Is the <b>tart</b> ready?"
    assert row["unreadCount"] == 1


def test_edits_count_in_metas_order(door: Door, line: Line, mid: str, alice: Seat) -> None:
    door.takes(line.delivery(edit(line, mid, "third", 3, NOON + 3 * MINUTE)))
    door.takes(line.delivery(edit(line, mid, "second", 2, NOON + 2 * MINUTE)))
    door.takes(line.delivery(edit(line, mid, "third", 3, NOON + 3 * MINUTE)))
    message = alice.updated_message()
    assert (message["content"], message["version"]) == ("third", 2)


def test_an_edit_of_an_older_message_does_not_show_in_the_list(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Hello?", at=NOON + MINUTE)))
    door.takes(line.delivery(edit(line, mid, "Is the tart ready?", 1, NOON + 2 * MINUTE)))
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["lastMessage"]["content"] == "Hello?"


def test_an_unsent_message_leaves_nothing_but_a_mark(
    door: Door, line: Line, alice: Seat, database: Database
) -> None:
    mid, secret = new_mid(), "my card is 4242"
    files = [
        {"type": "image", "payload": {"url": URL, "title": secret}},
        {"type": "share", "payload": {"url": URL, "title": secret}},
    ]
    said = line.text(secret, mid, attachments=files, quick_reply={"payload": secret})
    door.takes(line.delivery(said))
    alice.new_message()
    door.takes(line.delivery(unsend(line, mid)))
    message = alice.updated_message()
    assert (message["isDeleted"], message["content"], message["attachments"]) == (True, "", [])
    assert "This message was unsent." in message["html"]
    row = alice.ear.waits_for("conversation_updated")["conversation"]
    assert row["lastMessage"]["content"] == "Message unsent"
    for table in ("messages", "attachments", "conversations"):
        kept = database.value(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        assert secret not in kept
        assert URL not in kept


def test_unsent_twice_or_edited_after_that_changes_nothing(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(unsend(line, mid)))
    first = alice.updated_message()
    door.takes(line.delivery(unsend(line, mid)))
    door.takes(line.delivery(edit(line, mid, "back again", 1)))
    assert alice.messages(first["conversationId"]) == [first]


@pytest.mark.parametrize("change", ["edit", "unsend"])
def test_who_quotes_a_message_follows_its_change(
    change: str, door: Door, line: Line, mid: str, alice: Seat
) -> None:
    door.takes(line.delivery(line.text("Yes", at=NOON + MINUTE, reply_to={"mid": mid})))
    reply = alice.new_message()
    assert reply["replyTo"]["content"] == "Is the cake ready?"
    item = edit(line, mid, "Is the tart ready?", 1) if change == "edit" else unsend(line, mid)
    door.takes(line.delivery(item))
    told = alice.ear.waits_for("message_updated", lambda e: e["message"]["id"] == reply["id"])
    expected = "Is the tart ready?" if change == "edit" else ""
    assert told["message"]["replyTo"]["content"] == expected
    assert told["message"] in alice.messages(reply["conversationId"])


def test_later_events_of_another_page_do_not_reach_a_message_with_the_same_mid(
    door: Door, line: Line, mid: str, alice: Seat
) -> None:
    other = Line(line.platform, "99999", line.person)
    door.takes(other.delivery(unsend(other, mid), reaction(other, mid), edit(other, mid, "x", 1)))
    (chat,) = [row["id"] for row in alice.conversations() if row["unreadCount"] == 1]
    (message,) = alice.messages(chat)
    assert (message["content"], message["reactions"]) == ("Is the cake ready?", [])
