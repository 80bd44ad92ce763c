"""`/api/changes`: what this person missed since a cursor, and nothing else."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask import Flask

from tests.api.screens import Screen
from tests.api.seats import Seat
from tests.cast import Cast, contact, conversation
from tests.stores import Database
from tests.webhooks.wire import Door, Line

NOTHING: dict[str, list[Any]] = {"conversations": [], "messages": [], "removedConversationIds": []}


@pytest.fixture
def zelda(cast: Cast) -> Line:
    return Line("FACEBOOK", cast.page.page_id, cast.contact.messenger_psid or "")


def read_cursor(cursor: str) -> list[Any]:
    found: list[Any] = json.loads(base64.urlsafe_b64decode(cursor))
    return found


def as_cursor(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def test_without_a_cursor_there_is_the_present_one_and_nothing_else(alice: Seat) -> None:
    answer = alice.get("changes")
    assert answer | NOTHING | {"hasMore": False, "reload": False} == answer
    again = alice.get("changes", since=answer["cursor"])
    assert again | {"hasMore": False, "reload": False} == again


def test_everything_since_is_there_as_in_the_api(
    *, door: Door, zelda: Line, alice: Seat, bob: Seat, cast: Cast
) -> None:
    cursors = {seat: seat.get("changes")["cursor"] for seat in (alice, bob)}
    new = zelda.with_person("7500001")
    door.takes(zelda.delivery(zelda.text("for Bob too")))
    door.takes(new.delivery(new.text("for Alice only")))
    alice.patch(f"conversations/{cast.conversation.id}", {"status": "PENDING"})

    news = alice.get("changes", since=cursors[alice])
    assert {m["content"] for m in news["messages"]} >= {"for Bob too", "for Alice only"}
    listed = {row["id"]: row for row in alice.conversations()}
    assert {row["id"]: row for row in news["conversations"]} == listed
    for found in news["messages"]:
        assert found in alice.messages(found["conversationId"])
        assert found["html"]

    mine = bob.get("changes", since=cursors[bob])
    assert [row["id"] for row in mine["conversations"]] == [str(cast.conversation.id)]
    assert {m["conversationId"] for m in mine["messages"]} == {str(cast.conversation.id)}
    assert "for Alice only" not in str(mine)


def test_what_is_not_yours_is_not_in_it(
    *, door: Door, zelda: Line, alice: Seat, charlie: Seat, mallory: Seat, cast: Cast
) -> None:
    cursors = {seat: seat.get("changes")["cursor"] for seat in (alice, charlie, mallory)}
    door.takes(zelda.delivery(zelda.text("for Bob")))
    assert len(alice.get("changes", since=cursors[alice])["messages"]) >= 1, "there is something"
    for seat in (charlie, mallory):
        # With their own cursor, with Alice's, and with one from the beginning of time.
        beginning = as_cursor([read_cursor(cursors[seat])[0], 1, 0, [0, 0], [0, 0]])
        for cursor in (cursors[seat], cursors[alice], beginning):
            answer = seat.get("changes", since=cursor)
            assert answer | NOTHING == answer
        assert seat.get("changes")["change"] == "0"


def test_a_cursor_of_another_database_means_reload(alice: Seat, cast: Cast) -> None:
    cursor = alice.get("changes")["cursor"]
    database, *rest = read_cursor(cursor)
    for other in (f"{database}9", "", "7.1", database.replace(".", "")):
        answer = alice.get("changes", since=as_cursor([other, *rest]))
        assert answer | NOTHING | {"reload": True, "hasMore": False} == answer
        assert read_cursor(answer["cursor"])[0] == database


MALFORMED = [
    "x",
    "AAAA",
    "ä",
    "%00",
    as_cursor(None),
    as_cursor({}),
    as_cursor([]),
    as_cursor(["db", 1, 0]),
    as_cursor(["db", -1, 0, [0, 0], [0, 0]]),
    as_cursor(["db", 2**63, 0, [0, 0], [0, 0]]),
    as_cursor(["db", "x", 0, [0, 0], [0, 0]]),
    as_cursor(["db", 1, 0, 7, [0, 0]]),
    as_cursor(["db", 1, 0, [0], [0, 0]]),
    as_cursor(["db", 1, 0, [0, {}], [0, 0]]),
    as_cursor(["db", float("inf"), 0, [0, 0], [0, 0]]),
    as_cursor(["db", float("nan"), 0, [0, 0], [0, 0]]),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    base64.urlsafe_b64encode(b"9" * 5000).decode(),
]


def test_a_malformed_cursor_is_named(alice: Seat) -> None:
    for cursor in MALFORMED:
        answer = alice.ask("GET", "changes", params={"since": cursor})
        assert answer.status_code == 422, cursor
        assert list(answer.json()["error"]["fields"]) == ["since"]


def test_nobody_without_a_token_asks(alice: Seat) -> None:
    cursor = alice.get("changes")["cursor"]
    for seat in (Seat(alice.url, "inbox_wrong"), Seat(alice.url, "")):
        assert seat.ask("GET", "changes", params={"since": cursor}).status_code == 401


def many(database: Database, chat: int, messages: int) -> None:
    """Messages of one conversation, all new."""
    database.rows(
        "INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction,"
        " sent_at) SELECT organization_id, facebook_page_id, id, id || '-' || n, 'INCOMING', now()"
        " FROM conversations, generate_series(1, %s) n WHERE id = %s",
        messages,
        chat,
    )


def test_much_comes_page_by_page(alice: Seat, app: Flask, cast: Cast, database: Database) -> None:
    screen = Screen(alice)
    with app.app_context():
        chats = [conversation(contact(cast.page)) for _ in range(3)]
    for number, chat in enumerate(chats):
        many(database, chat.id, 70 + number)
    screen.catch_up()
    # 100 rows of each kind in one; more pages when a foreign transaction has rows sent again.
    assert screen.pages >= 3
    assert screen.reloads == 0
    assert screen.is_like_a_new_one()


def test_too_much_means_reload_and_the_screen_goes_on_from_there(
    *, door: Door, zelda: Line, alice: Seat, cast: Cast, database: Database
) -> None:
    screen = Screen(alice)
    many(database, cast.conversation.id, 501)
    answer = alice.get("changes", since=screen.cursor)
    assert answer | NOTHING | {"reload": True, "hasMore": False} == answer
    screen.catch_up()
    door.takes(zelda.delivery(zelda.text("and on")))
    screen.catch_up()
    assert screen.reloads >= 1
    assert "and on" in {m["content"] for m in screen.messages.values()}


def test_what_an_agent_lost_is_told_and_what_came_back_is_not(
    alice: Seat, bob: Seat, charlie: Seat, cast: Cast
) -> None:
    chat, path = str(cast.conversation.id), f"conversations/{cast.conversation.id}"
    cursor = bob.get("changes")["cursor"]
    alice.patch(path, {"assigneeId": cast.charlie.id})
    lost = bob.get("changes", since=cursor)
    assert lost["removedConversationIds"] == [chat]
    assert (lost["conversations"], lost["messages"]) == ([], [])
    assert [row["id"] for row in charlie.get("changes", since=cursor)["conversations"]] == [chat]
    assert alice.get("changes", since=cursor)["removedConversationIds"] == []
    assert bob.get("changes", since=lost["cursor"])["removedConversationIds"] in ([], [chat])
    alice.patch(path, {"assigneeId": cast.bob.id})
    back = bob.get("changes", since=cursor)
    assert back["removedConversationIds"] == []
    assert [row["id"] for row in back["conversations"]] == [chat]
    alice.patch(path, {"assigneeId": None})
    assert bob.get("changes", since=back["cursor"])["removedConversationIds"] == [chat]
