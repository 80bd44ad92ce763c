"""`POST /api/conversations/{id}/messages`: what becomes of a reply at the door."""

from __future__ import annotations

import pytest

from inbox.models import Direction, Platform
from tests import cast
from tests.cast import Cast
from tests.sending.conftest import Desk, Ears


def test_a_reply_is_stored_as_sending_and_shown_at_once(desk: Desk, ears: Ears) -> None:
    answer = desk.reply("Yes, at noon.", clientMessageId="c-1")
    assert answer.status_code == 201
    shape = answer.get_json()
    assert shape["content"] == "Yes, at noon."
    assert (shape["delivery"], shape["direction"]) == ("SENDING", "OUTGOING")
    assert (shape["sender"], shape["author"]["name"]) == ("agent", "Ada")
    assert shape["clientMessageId"] == "c-1"
    (told,) = ears.heard("new_message")
    assert told["message"]["id"] == shape["id"]
    assert told["conversation"]["lastMessage"]["content"] == "Yes, at noon."


def test_the_conversation_moves_up_and_stays_unread(desk: Desk) -> None:
    desk.database.rows("UPDATE conversations SET unread_count = 3")
    before = desk.database.rows("SELECT * FROM conversations")[0]
    desk.replied("Yes,\nat noon.")
    after = desk.database.rows("SELECT * FROM conversations")[0]
    assert after["last_message_snippet"] == "Yes, at noon."
    assert after["last_message_direction"] == "OUTGOING"
    assert after["last_message_at"] > before["last_message_at"]
    assert after["version"] > before["version"]
    assert after["unread_count"] == 3


def test_a_reply_stands_after_what_it_answers_though_metas_clock_is_ahead(desk: Desk) -> None:
    desk.database.rows("UPDATE conversations SET last_message_at = now() + interval '10 minutes'")
    before = desk.database.value("SELECT last_message_at FROM conversations")
    assert desk.message(desk.replied())["sent_at"] > before


def test_the_same_client_message_id_is_the_same_message(desk: Desk) -> None:
    first = desk.reply("Yes.", clientMessageId="c-1")
    again = desk.reply("Something else.", clientMessageId="c-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert again.get_json()["content"] == "Yes."
    assert desk.database.value("SELECT count(*) FROM messages") == 1


def test_it_is_so_even_when_the_window_has_closed_since(desk: Desk) -> None:
    first = desk.reply("Yes.", clientMessageId="c-1")
    desk.wrote(hours_ago=25)
    assert desk.reply("No.").status_code == 422
    again = desk.reply("Yes.", clientMessageId="c-1")
    assert (again.status_code, again.get_json()["id"]) == (200, first.get_json()["id"])


def test_replies_without_a_client_message_id_are_all_new(desk: Desk) -> None:
    assert desk.replied("Yes.") != desk.replied("Yes.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write something"),
        (" \n\t ", "Write something"),
        ("\x00", "Write something"),
        ("x" * 2000, "1 too long"),
        ({"a": 1}, "must be a string"),
        (None, "must be a string"),
        (["x"], "must be a string"),
        (7, "must be a string"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(desk: Desk, text: object, reason: str) -> None:
    answer = desk.reply(text)
    assert answer.status_code == 422
    assert reason in answer.get_json()["error"]["fields"]["text"]
    assert desk.database.value("SELECT count(*) FROM messages") == 0


@pytest.mark.parametrize("client_message_id", [7, {}, "", "x" * 101, "a\x00b"])
def test_a_client_message_id_that_is_none_is_refused(desk: Desk, client_message_id: object) -> None:
    answer = desk.reply("Yes.", clientMessageId=client_message_id)
    assert answer.status_code == 422
    assert "clientMessageId" in answer.get_json()["error"]["fields"]


def test_the_longest_text_of_messenger_is_taken_and_sent(desk: Desk) -> None:
    message_id = desk.replied("🎂" * 1999)
    desk.work()
    assert desk.delivery(message_id) == "SENT"


def test_instagram_counts_bytes(desk: Desk) -> None:
    desk.talk_to("Yara Voss", Platform.INSTAGRAM)
    refused = desk.reply("é" * 501)
    assert refused.status_code == 422
    assert "2 too long" in refused.get_json()["error"]["fields"]["text"]
    message_id = desk.replied("é" * 500)
    desk.work()
    assert desk.delivery(message_id) == "SENT"


def test_nul_and_half_characters_are_taken_out(desk: Desk) -> None:
    message_id = desk.replied("a\x00b \ud83d <b>ok</b>")
    assert desk.message(message_id)["content"] == "ab \ufffd <b>ok</b>"


def test_a_closed_window_is_refused_with_its_reason(desk: Desk) -> None:
    desk.wrote(hours_ago=25)
    answer = desk.reply()
    assert answer.status_code == 422
    assert "24 hours" in answer.get_json()["error"]["fields"]["conversation"]


def test_somebody_who_never_wrote_cannot_be_written_to(desk: Desk) -> None:
    desk.database.rows("UPDATE conversations SET last_incoming_at = NULL")
    assert "has not written" in desk.reply().get_json()["error"]["fields"]["conversation"]


def test_a_page_that_must_be_reconnected_refuses_at_once(desk: Desk) -> None:
    desk.database.rows("UPDATE facebook_pages SET token_failed_at = now()")
    answer = desk.reply()
    assert answer.status_code == 422
    assert "reconnect" in answer.get_json()["error"]["fields"]["conversation"]


def test_nobody_replies_where_they_may_not(cast_: Cast, desk: Desk) -> None:
    path = f"/api/conversations/{cast_.conversation.id}/messages"
    with desk.app.app_context():
        tokens = {
            name: cast.api_token(getattr(cast_, name)) for name in ("bob", "charlie", "mallory")
        }
    assert desk.post(path, {"text": "Yes."}, token=tokens["bob"]).status_code == 201
    for outsider in ("charlie", "mallory"):
        assert desk.post(path, {"text": "Yes."}, token=tokens[outsider]).status_code == 404
    assert desk.app.test_client().post(path, json={"text": "Yes."}).status_code in (400, 401)


def test_an_agent_cannot_retry_what_is_not_theirs(cast_: Cast, desk: Desk) -> None:
    with desk.app.app_context():
        failed = cast.message(cast_.conversation, "Yes.", Direction.OUTGOING, delivery="FAILED")
        outsiders = [cast.api_token(cast_.charlie), cast.api_token(cast_.mallory)]
    for token in outsiders:
        assert desk.post(f"/api/messages/{failed.id}/retry", token=token).status_code == 404
    assert desk.delivery(failed.id) == "FAILED"


@pytest.fixture
def cast_(desk: Desk) -> Cast:
    with desk.app.app_context():
        return cast.make_cast()
