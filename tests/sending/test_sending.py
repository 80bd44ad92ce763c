"""A reply's way to Meta, and every way in which Meta can refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.models import Platform
from tests.sending.conftest import Desk, Ears


def test_a_reply_reaches_the_person_and_has_metas_mid(desk: Desk, ears: Ears) -> None:
    message_id = desk.replied("Yes, at noon.")
    before = desk.message(message_id)
    assert desk.work() == 1
    (sent,) = desk.meta.sent
    assert sent["personId"] == desk.zelda.id
    assert sent["request"]["message"] == {"text": "Yes, at noon.", "metadata": str(message_id)}
    assert sent["request"]["messaging_type"] == "RESPONSE"
    after = desk.message(message_id)
    assert (after["delivery"], after["mid"]) == ("SENT", sent["mid"])
    assert after["version"] == before["version"] + 1
    told = [event["message"] for event in ears.heard("message_updated")]
    assert [(m["id"], m["delivery"], m["mid"]) for m in told] == [
        (str(message_id), "SENT", sent["mid"])
    ]


def test_each_change_of_a_reply_is_a_change_of_its_conversation(desk: Desk) -> None:
    desk.replied()
    before = desk.database.value("SELECT changed_xid::text::bigint FROM conversations")
    desk.work()
    assert desk.database.value("SELECT changed_xid::text::bigint FROM conversations") > before


def test_instagram_gets_no_metadata_and_no_messaging_type(desk: Desk) -> None:
    desk.talk_to("Yara Voss", Platform.INSTAGRAM)
    desk.replied("Yes.")
    desk.work()
    (sent,) = desk.meta.sent
    assert sent["request"]["message"] == {"text": "Yes."}
    assert "messaging_type" not in sent["request"]


@pytest.mark.parametrize("platform", list(Platform))
def test_a_human_agent_may_answer_for_seven_days(desk: Desk, platform: Platform) -> None:
    desk.talk_to("Yara Voss", platform, hours_ago=6 * 24)
    assert desk.reply().status_code == 422
    desk.meta.page.has_human_agent = True
    desk.database.rows("UPDATE facebook_pages SET has_human_agent = true")
    message_id = desk.replied()
    desk.work()
    assert desk.delivery(message_id) == "SENT"
    request = desk.meta.sent[0]["request"]
    assert (request["messaging_type"], request["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_a_window_that_closes_while_the_reply_waits_is_explained(desk: Desk) -> None:
    message_id = desk.replied()
    desk.wrote(hours_ago=25)
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", "window")
    assert "24 hours" in row["error_message"]
    assert desk.sent_texts() == []


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"code": 10, "subcode": 2018278}, "10/2018278", "time to answer is over"),
    ({"code": 10, "subcode": 2534022}, "10/2534022", "time to answer is over"),
    ({"code": 551, "subcode": 1545041}, "551/1545041", "cannot be reached"),
    ({"code": 100, "subcode": 2018001}, "100/2018001", "nobody with this id"),
    ({"code": 100, "subcode": 2534029}, "100/2534029", "Unblock"),
    ({"code": 368}, "368", "policies"),
    ({"code": 10}, "10", "permission"),
    ({"code": 200, "status": 403}, "200", "permission"),
    ({"code": 200, "subcode": 2534041}, "200/2534041", "Allow access to messages"),
    ({"code": 100, "subcode": 2534037}, "100/2534037", "Another app holds"),
    ({"code": 100, "message": "(#100) Bad param"}, "100", "(#100) Bad param"),
    ({"code": 104}, "104", "did not accept"),
]


@pytest.mark.parametrize(("fault", "code", "words"), REFUSALS)
def test_a_refusal_fails_the_reply_and_says_what_to_do(
    desk: Desk, fault: dict[str, Any], code: str, words: str
) -> None:
    desk.meta.faults.next("send", "error", **fault)
    message_id = desk.replied()
    desk.work()
    row = desk.message(message_id)
    assert (row["delivery"], row["error_code"]) == ("FAILED", code)
    assert words in row["error_message"]
    assert row["mid"] is None
    assert not desk.database.value("SELECT token_failed_at IS NOT NULL FROM facebook_pages")


def test_a_blocked_page_is_told_so(desk: Desk) -> None:
    desk.zelda.blocked = True
    message_id = desk.replied()
    desk.work()
    assert desk.message(message_id)["error_code"] == "551/1545041"


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_revoked_token_marks_the_page_and_stops_what_follows(desk: Desk, subcode: int) -> None:
    first, second = desk.replied("One."), desk.replied("Two.")
    desk.meta.revoke_token(subcode=subcode)
    desk.work()
    rows = [desk.message(first), desk.message(second)]
    assert [row["delivery"] for row in rows] == ["FAILED", "FAILED"]
    assert [row["error_code"] for row in rows] == [f"190/{subcode}", "reconnect"]
    assert all("reconnect" in row["error_message"] for row in rows)
    (page,) = desk.database.rows("SELECT token_failed_at, token_error FROM facebook_pages")
    assert page["token_failed_at"] is not None
    assert "reconnect" in page["token_error"]
    assert desk.reply().status_code == 422
    assert [call["door"] for call in desk.meta.calls].count("send") <= 1


def test_after_a_reconnect_retry_sends_it(desk: Desk) -> None:
    message_id = desk.replied()
    desk.meta.revoke_token()
    desk.work()
    refused = desk.post(f"/api/messages/{message_id}/retry")
    assert refused.status_code == 422
    desk.meta.page.token_error = None
    desk.database.rows("UPDATE facebook_pages SET token_failed_at = NULL, token_error = NULL")
    again = desk.post(f"/api/messages/{message_id}/retry")
    assert (again.status_code, again.get_json()["delivery"]) == (200, "SENDING")
    assert again.get_json()["error"] is None
    desk.work()
    assert desk.delivery(message_id) == "SENT"
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_retried_reply_stands_at_the_end_of_its_thread(desk: Desk) -> None:
    desk.meta.faults.next("send", "error", code=100)
    first, second = desk.replied("One."), desk.replied("Two.")
    desk.work()
    assert desk.delivery(first) == "FAILED"
    assert desk.post(f"/api/messages/{first}/retry").status_code == 200
    assert desk.post(f"/api/messages/{first}/retry").status_code == 200  # an impatient finger
    desk.work()
    assert desk.sent_texts() == ["Two.", "One."]
    assert desk.message(first)["sent_at"] > desk.message(second)["sent_at"]
    assert desk.database.value("SELECT last_message_snippet FROM conversations") == "One."


def test_only_what_failed_can_be_retried(desk: Desk) -> None:
    message_id = desk.replied()
    desk.work()
    assert desk.delivery(message_id) == "SENT"
    assert desk.post(f"/api/messages/{message_id}/retry").status_code == 422
    assert desk.work() == 0


def test_no_log_and_no_row_ever_holds_the_token(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for kind in ("apply_then_close", "rate_limit", "permission_lost", "token_revoked"):
        desk.meta.faults.next("send", kind)
        desk.talk_to("Yara Voss", Platform.FACEBOOK)
        desk.replied()
    desk.work()
    rows = desk.database.rows("SELECT * FROM messages") + desk.database.rows(
        "SELECT * FROM facebook_pages"
    )
    assert "was not sent" in caplog.text
    assert desk.meta.page.token not in caplog.text + repr(rows)
