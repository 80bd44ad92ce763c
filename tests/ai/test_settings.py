"""Settings → AI: every state of a key, what was asked today, and what an admin may choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inbox.actions.ai.pool import key_pool
from inbox.ai.turns import Turn
from tests.ai.conftest import KEYS, Office
from tests.cast import Browser, sign_in
from tests.processes import Web
from tests.realtime.ears import Ear

FIELDS = {"daily_cap": "500", "model": "gemini-2.5-pro", "language": "de", "review_below": "95"}


@pytest.fixture
def alice(office: Office) -> Browser:
    return sign_in(office.app, office.alice)


def keys(office: Office) -> list[dict[str, Any]]:
    answer = office.app.test_client().get("/api/ai", headers=office.token(office.alice))
    found: list[dict[str, Any]] = answer.get_json()["keys"]
    return found


def test_it_works(office: Office, alice: Browser) -> None:
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.sync()
    office.work()
    told = alice.get("/api/ai").get_json()
    assert [key["state"] for key in told["keys"]] == ["READY", "READY"]
    assert told["today"]["requests"] == 1
    assert told["today"]["inputTokens"] > told["today"]["outputTokens"] > 0
    assert told["coverage"] == {
        "contacts": 1, "byAi": 1, "byRules": 0, "waiting": 0, "percent": 100,
    }  # fmt: skip
    page = alice.get("/settings/ai").text
    assert "Key 1 <code>…ests</code>" in page
    assert "<strong>1</strong> of 2,000" in page
    assert not any(key in page for key in KEYS)


def test_a_resting_key_says_until_when(office: Office, alice: Browser) -> None:
    office.gemini.plan("quota", seconds=45, key=KEYS[0])
    office.gemini.plan("quota", seconds=45, key=KEYS[1])
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert [key["state"] for key in keys(office)] == ["COOLING", "COOLING"]
    assert all(40 <= key["secondsLeft"] <= 45 for key in keys(office))
    assert "Cooling down until" in alice.get("/settings/ai").text


def test_a_key_whose_minute_is_used_up(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_REQUESTS_PER_MINUTE="1")
    with office.app.app_context():
        assert isinstance(key_pool().take(), Turn)
    assert sorted(key["state"] for key in keys(office)) == ["BUSY", "READY"]
    assert "Minute used up" in sign_in(office.app, office.alice).get("/settings/ai").text


def test_an_invalid_key(office: Office, alice: Browser) -> None:
    office.gemini.limits.invalid_keys = list(KEYS)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert [key["state"] for key in keys(office)] == ["INVALID", "INVALID"]
    assert "Google refuses every key." in alice.get("/settings/ai").text


def test_no_key_at_all(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2="")
    page = sign_in(office.app, office.alice).get("/settings/ai").text
    assert "There is no AI key." in page
    assert "analyzed by rules" in page


def test_a_service_that_does_not_answer(office: Office, alice: Browser) -> None:
    office.gemini.plan("error", times=None)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert "Google&#39;s AI cannot be asked now." in alice.get("/settings/ai").text.replace(
        "'", "&#39;"
    )


def test_the_states_are_shown_without_redis_too(office: Office, alice: Browser) -> None:
    with office.app.app_context():
        key_pool().client.connection_pool.connection_kwargs["port"] = 1
        key_pool().client.connection_pool.disconnect()
    assert [key["state"] for key in keys(office)] == ["READY", "READY"]


def test_what_an_admin_chooses_is_kept_and_used(office: Office, alice: Browser) -> None:
    assert alice.post("/settings/ai", data=FIELDS).status_code == 303
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    (call,) = office.gemini.calls
    assert call["model"] == "gemini-2.5-pro"
    assert 'in the language "de"' in call["system"]
    assert office.contact("Zelda Quill")["stage"] is None  # it waits for a person
    (row,) = office.database.rows("SELECT * FROM organizations WHERE ai_model IS NOT NULL")
    assert (row["ai_daily_cap"], row["ai_review_below"]) == (500, 95)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("daily_cap", "-1"),
        ("daily_cap", "many"),
        ("daily_cap", "9" * 400),
        ("model", "../../secrets"),
        ("language", "xx"),
        ("review_below", "101"),
        ("surprise", "1"),
    ],
)
def test_bad_input_is_named(office: Office, alice: Browser, name: str, value: str) -> None:
    answer = alice.post("/settings/ai", data=FIELDS | {name: value})
    assert answer.status_code == 422
    (row,) = office.database.rows("SELECT * FROM organizations")
    assert row["ai_model"] is None


def test_a_key_is_tested_by_a_worker_and_taken_in_again(office: Office, live: Web) -> None:
    with office.app.app_context():
        turn = key_pool().take()
        assert isinstance(turn, Turn)
        key_pool().refuse(turn)
    assert "INVALID" in [key["state"] for key in keys(office)]
    client, headers = office.app.test_client(), office.token(office.alice)
    with Ear(live.url, headers["Authorization"].split()[1]) as ear:
        body = {"number": turn.number}
        assert client.post("/api/ai/key-test", json=body, headers=headers).status_code == 202
        assert "test_key" in office.run_jobs()
        assert ear.waits_for("ai_key_tested")["problem"] is None
        assert [key["state"] for key in keys(office)] == ["READY", "READY"]
        office.gemini.limits.invalid_keys = [turn.key]
        client.post("/api/ai/key-test", json=body, headers=headers)
        office.run_jobs()
        assert "API key not valid" in ear.waits_for("ai_key_tested")["problem"]
    assert "INVALID" in [key["state"] for key in keys(office)]


def test_of_a_key_that_is_refused_anew_admins_are_told_anew(office: Office) -> None:
    client, headers = office.app.test_client(), office.token(office.alice)

    def unread() -> int:
        told = client.get("/api/notifications", headers=headers).get_json()
        return int(told["unreadCount"])

    for number in (1, 2):
        office.gemini.limits.invalid_keys = [KEYS[0]]
        client.post("/api/ai/key-test", json={"number": 1}, headers=headers)
        office.run_jobs()
        assert unread() == 1
        assert office.database.value("SELECT count(*) FROM notifications") == number
        office.gemini.limits.invalid_keys = []
        client.post("/api/ai/key-test", json={"number": 1}, headers=headers)
        office.run_jobs()
        assert unread() == 0


@pytest.mark.parametrize("number", [0, 3, "1", None, True, 1.5])
def test_a_key_that_is_not_there_cannot_be_tested(office: Office, number: object) -> None:
    client, headers = office.app.test_client(), office.token(office.alice)
    answer = client.post("/api/ai/key-test", json={"number": number}, headers=headers)
    assert answer.status_code == 422
