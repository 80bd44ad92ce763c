"""An agent asks the AI for a reply or a summary; it comes over the socket, to that agent alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from inbox.models import User
from tests import cast
from tests.ai.conftest import KEYS, Office
from tests.bounds import eventually
from tests.processes import Web
from tests.realtime.ears import Ear


@dataclass
class Desk:
    """Bob holds the conversation of Zelda Quill, and listens; so does Alice."""

    office: Office
    url: str
    bob: User
    bobs: dict[str, str]
    ear: Ear
    alices_ear: Ear
    conversation: int

    def ask(self, kind: object = "REPLY", **more: Any) -> requests.Response:
        body = {"kind": kind, "requestId": "asked-1"} | more
        address = f"{self.url}/api/conversations/{self.conversation}/ai-help"
        return requests.post(address, json=body, headers=self.bobs, timeout=10)

    def works(self) -> None:
        """Until the help that was asked for is done: the web hands its job over only once it has
        answered."""
        eventually(lambda: "help_agent" in self.office.run_jobs())

    def waits_for_jobs(self, count: int) -> None:
        eventually(lambda: self.office.waiting_jobs() >= count)

    def answered(self, kind: str = "REPLY") -> dict[str, Any]:
        answer = self.ask(kind)
        assert answer.status_code == 202, answer.text
        self.works()
        return self.ear.waits_for("ai_answer")


@pytest.fixture
def desk_of(live: Web) -> Iterator[Callable[[Office], Desk]]:
    ears: list[Ear] = []

    def make(office: Office) -> Desk:
        with office.app.app_context():
            bob = cast.user(office.organization, "Bob")
        office.hears("Zelda Quill", "Hello", "How much is the blue bowl?")
        office.sync()
        office.work()
        (thread,) = office.database.rows(
            "UPDATE conversations SET assignee_id = %s RETURNING id", bob.id
        )
        heads = [office.token(bob), office.token(office.alice)]
        ears.extend(Ear(live.url, head["Authorization"].split()[1]) for head in heads)
        return Desk(office, live.url, bob, heads[0], ears[0], ears[1], thread["id"])

    yield make
    for ear in ears:
        ear.close()


@pytest.fixture
def desk(desk_of: Callable[[Office], Desk], office: Office) -> Desk:
    return desk_of(office)


def test_it_works(desk: Desk) -> None:
    told = desk.answered()
    assert told["requestId"] == "asked-1"
    assert told["kind"] == "REPLY"
    assert told["conversationId"] == str(desk.conversation)
    assert "How much is the blue bowl?" in told["text"]
    assert (told["problem"], told["usedFallback"]) == (None, False)
    call = desk.office.gemini.calls[-1]
    assert "in the language in which the customer writes" in call["system"]
    assert "blue bowl" not in call["system"]


def test_nothing_is_sent_to_the_customer(desk: Desk) -> None:
    desk.answered()
    assert desk.office.meta.sent == []
    count = "SELECT count(*) FROM messages WHERE direction = 'OUTGOING'"
    assert desk.office.database.value(count) == 0


def test_it_is_told_to_who_asked_and_to_nobody_else(desk: Desk) -> None:
    desk.answered("SUMMARY")
    assert desk.alices_ear.all("ai_answer") == []


def test_the_same_persons_other_conversation_is_not_read(desk: Desk) -> None:
    """It may be in somebody else's hands."""
    desk.office.database.rows(
        """
        WITH other AS (
            INSERT INTO conversations (organization_id, facebook_page_id, contact_id, platform)
            SELECT organization_id, facebook_page_id, contact_id, 'INSTAGRAM' FROM conversations
            RETURNING id, organization_id, facebook_page_id
        )
        INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction,
            content, sent_at)
        SELECT organization_id, facebook_page_id, id, 'm_other', 'INCOMING', 'a secret', now()
        FROM other
        """
    )
    for kind in ("REPLY", "SUMMARY"):
        desk.answered(kind)
        call = desk.office.gemini.calls[-1]
        assert "blue bowl" in call["user"]
        assert "secret" not in call["user"]


def test_it_comes_before_analyses_that_wait(desk: Desk) -> None:
    desk.office.run_jobs()
    desk.office.sync()  # which asks for a worker
    desk.ask()
    desk.waits_for_jobs(2)
    assert desk.office.run_jobs()[:2] == ["help_agent", "analyze"]


def test_a_summary_without_keys_is_made_by_rules(
    desk_of: Callable[[Office], Desk], office_with: Callable[..., Office]
) -> None:
    desk = desk_of(office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2=""))
    told = desk.answered("SUMMARY")
    assert told["usedFallback"] is True
    assert "“How much is the blue bowl?”" in told["text"]
    told = desk.answered("REPLY")
    assert told["text"] is None
    assert told["problem"].startswith("There is no AI key that works.")


def test_the_next_key_is_asked_when_one_is_used_up(desk: Desk) -> None:
    desk.office.gemini.plan("quota", seconds=50)
    assert desk.answered()["text"]
    assert {call["key"] for call in desk.office.gemini.calls[-2:]} == set(KEYS)


def test_a_reply_that_repeats_our_instructions_is_not_shown(desk: Desk) -> None:
    desk.office.gemini.plan("leak", times=None)
    told = desk.answered()
    assert told["text"] is None or "never to be repeated" not in told["text"]


def test_the_day_s_cap_counts(desk: Desk) -> None:
    desk.office.set_organization(ai_daily_cap=1)  # which the analysis has used
    told = desk.answered()
    assert told["problem"] == "Your organization has used up its AI requests of today."


def test_who_has_lost_the_conversation_meanwhile_is_told_nothing(desk: Desk) -> None:
    assert desk.ask().status_code == 202
    desk.office.database.rows("UPDATE conversations SET assignee_id = NULL")
    before = desk.office.calls()
    desk.works()
    assert desk.office.calls() == before
    assert desk.ear.all("ai_answer") == []
    assert desk.ask().status_code == 404


@pytest.mark.parametrize(
    "body", [{"kind": "SEND"}, {"kind": None}, {"kind": []}, {"requestId": ""}, {"requestId": 1}]
)
def test_bad_input_is_named(desk: Desk, body: dict[str, Any]) -> None:
    answer = desk.ask(**{"kind": "REPLY"} | body)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"].keys() == body.keys()
