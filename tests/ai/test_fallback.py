"""Where no model can be asked the rules stand in, say so, and give way to the AI later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from inbox.actions.ai import sweeping
from inbox.ai.fallback import analyze
from inbox.ai.talk import Line, Stage, Task, Thread
from tests.ai.conftest import Office
from tests.ai.test_keys import LONG

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STAGES = (
    Stage("New lead"),
    Stage("Contacted"),
    Stage("Qualified"),
    Stage("Won", "WON"),
    Stage("Lost", "LOST"),
)
TASK = Task("FULL", "a model", STAGES)


def thread(*texts: str, ago: timedelta = timedelta(hours=1)) -> Thread:
    """Texts in turn; ours begin with `>`."""
    lines = tuple(
        Line(n, not text.startswith(">"), text.removeprefix(">"), NOW - ago)
        for n, text in enumerate(texts)
    )
    return Thread(lines, len(lines))


def make_due(office: Office) -> None:
    office.database.rows("UPDATE analysis_requests SET due_at = now()")


def test_without_keys_the_rules_do_it(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2="")
    office.hears("Zelda Quill", "I want to order two bowls, how much are they?")
    office.hears("Ivo Marsh", "Hi")
    office.sync()
    office.work()
    assert office.calls() == 0
    zelda, ivo = office.contact("Zelda Quill"), office.contact("Ivo Marsh")
    assert zelda["used_fallback"]
    assert zelda["lead_score"] > ivo["lead_score"] > 0
    assert zelda["stage"] is not None
    (analysis,) = office.analyses("Zelda Quill")
    assert analysis["used_fallback"]
    assert analysis["reasoning"].startswith("By rules, without AI: ")
    assert (analysis["model"], analysis["key_number"]) == (None, None)
    (activity,) = office.activities("Zelda Quill")
    assert activity["details"]["usedFallback"] is True
    (job,) = office.database.rows("SELECT * FROM sync_jobs")
    assert (job["analyzed_total"], job["analyzed_done"]) == (2, 2)


def test_without_keys_nothing_is_looked_at_again_and_again(
    office_with: Callable[..., Office],
) -> None:
    office = office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2="")
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    make_due(office)
    assert office.work() == 1
    (request,) = office.requests()
    assert request["reason"] == "RETRY_AI"
    assert request["due_at"] > datetime.now(UTC) + timedelta(hours=5)
    assert len(office.analyses("Zelda Quill")) == 1


def test_the_ai_takes_its_place_once_there_is_a_key(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2="")
    office.hears("Zelda Quill", "I want to order two bowls, how much are they?")
    office.sync()
    office.work()
    by_rules = office.contact("Zelda Quill")
    assert by_rules["used_fallback"]
    office.restart(GOOGLE_AI_API_KEY="a key that came later")
    with office.app.app_context():
        sweeping.wake_retries()
    office.work()
    zelda = office.contact("Zelda Quill")
    assert not zelda["used_fallback"]
    assert [row["used_fallback"] for row in office.analyses("Zelda Quill")] == [True, False]
    assert office.requests() == []


def test_exhausted_keys_are_tried_again_when_they_have_rested(office: Office) -> None:
    office.gemini.plan("quota", times=2, seconds=40)
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.sync()
    office.work()
    assert [call["status"] for call in office.gemini.calls] == [429, 429]
    assert office.contact("Zelda Quill")["used_fallback"]
    (request,) = office.requests()
    assert request["reason"] == "RETRY_AI"
    assert timedelta(0) < request["due_at"] - datetime.now(UTC) < timedelta(seconds=45)
    (analysis,) = office.analyses("Zelda Quill")
    assert (analysis["retry_count"], request["tries"]) == (0, 0), "a key's quota is not her fault"
    office.redis.flushall()  # they have rested
    make_due(office)
    office.work()
    assert not office.contact("Zelda Quill")["used_fallback"]
    assert office.contact("Zelda Quill")["stage"] == "Contacted"  # the AI's choice, not the rules'


def test_used_up_keys_leave_a_contact_all_its_tries(office: Office) -> None:
    """However often they were used up: then a service that fails is asked three times about it."""
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.sync()
    for _ in range(3):
        office.gemini.plan("quota", times=2, seconds=40)
        office.work()
        office.redis.flushall()  # they have rested
        make_due(office)
    assert [call["status"] for call in office.gemini.calls] == [429] * 6
    office.gemini.plan("error", times=2, status=503)
    office.work()
    assert [call["status"] for call in office.gemini.calls[6:]] == [503, 503, 200]
    assert not office.contact("Zelda Quill")["used_fallback"]


def test_a_service_that_fails_is_left_alone_for_a_while(office: Office) -> None:
    office.gemini.plan("error", times=None, status=503)
    for number in range(5):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    assert office.calls() == 3  # then it is known to be away
    assert office.database.value("SELECT count(*) FROM analyses WHERE used_fallback") == 5
    office.gemini.clear_faults()
    office.redis.flushall()
    make_due(office)
    office.work()
    assert office.database.value("SELECT count(*) FROM contacts WHERE used_fallback") == 0


def test_a_connection_that_stalls_and_breaks_is_no_end(office: Office) -> None:
    office.gemini.plan("stall", seconds=0.3)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert office.calls() == 2
    assert not office.contact("Zelda Quill")["used_fallback"]
    (analysis,) = office.analyses("Zelda Quill")
    assert analysis["retry_count"] == 1


def test_an_unknown_model_is_not_asked_for_each_contact(office: Office) -> None:
    office.gemini.plan("error", times=None, status=404)
    for number in range(5):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    assert office.calls() == 1
    assert office.database.value("SELECT count(*) FROM contacts WHERE used_fallback") == 5


def test_the_day_s_cap_is_kept(office: Office) -> None:
    office.set_organization(ai_daily_cap=2)
    for number in range(4):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    assert office.calls() == 2
    assert office.database.value("SELECT sum(requests) FROM ai_usage") == 2
    fallbacks = office.database.rows("SELECT * FROM analysis_requests")
    assert len(fallbacks) == 2
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert {row["due_at"] for row in fallbacks} == {midnight + timedelta(days=1)}


def test_a_pinned_contact_is_never_moved(office: Office) -> None:
    office.hears("Zelda Quill", "I want to order two bowls, how much are they?")
    office.sync()
    office.database.rows("UPDATE contacts SET is_pinned = true")
    office.work()
    zelda = office.contact("Zelda Quill")
    assert zelda["stage"] is None
    assert zelda["lead_score"] > 0
    (activity,) = office.activities("Zelda Quill")
    assert activity["type"] == "SCORED"


@pytest.mark.parametrize(
    "text",
    [
        "How much is it?",
        "Was kostet die Schale? Ich möchte sie bestellen",
        "¿Cuánto cuesta? Quiero comprar dos",
        "Quanto custa? quero encomendar",
        "C'est combien ? Je voudrais commander",
        "Fiyatı ne kadar? sipariş vermek istiyorum",
        "magkano po? order po ako",
    ],
)
def test_buying_words_count_in_many_languages(text: str) -> None:
    plain = analyze(thread("Hello there"), TASK, now=NOW).score or 0
    assert (analyze(thread(text), TASK, now=NOW).score or 0) >= plain + 15


def test_the_score_follows_what_was_said() -> None:
    hello = analyze(thread("Hello"), TASK, now=NOW)
    keen = analyze(
        thread("I'd like to order", ">Sure!", "My number is +47 93455221"), TASK, now=NOW
    )
    done = analyze(thread("How much?", ">45", "I have paid"), TASK, now=NOW)
    gone = analyze(thread("How much?", ">450", "that is too expensive"), TASK, now=NOW)
    assert 0 < (gone.score or 0) < (hello.score or 0) < (keen.score or 0) < (done.score or 0)
    assert (done.stage, done.status) == ("Won", "CONVERTED")
    assert (gone.stage, gone.status) == ("Lost", "LOST")
    assert (hello.stage, hello.status) == ("New lead", "NEW")
    assert keen.evidence


def test_interest_cools_down_but_never_to_nothing() -> None:
    fresh = analyze(thread("How much is it?"), TASK, now=NOW)
    old = analyze(thread("How much is it?", ago=timedelta(days=90)), TASK, now=NOW)
    assert 0 < (old.score or 0) < (fresh.score or 0)


def test_who_has_written_nothing_is_said_to() -> None:
    answer = analyze(thread(">Hello, are you there?"), TASK, now=NOW)
    assert answer.summary.startswith("They have not written yet.")
