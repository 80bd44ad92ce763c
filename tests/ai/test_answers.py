"""What the model answers is checked before it is believed; the half that is usable is used."""

from __future__ import annotations

import pytest

from tests.ai.conftest import Office
from tests.ai.test_keys import LONG


def test_a_malformed_batch_falls_back_to_single_requests(office: Office) -> None:
    office.gemini.plan("malformed", times=None, batches_only=True)
    for number in range(4):
        office.hears(f"Person {number}", f"Hello, it is me, number {number}")
    office.sync()
    office.work()
    sizes = [len(call["conversations"]) for call in office.gemini.calls]
    assert sizes == [4, 1, 1, 1, 1]
    assert office.database.value("SELECT count(*) FROM analyses WHERE NOT used_fallback") == 4


def test_what_a_batch_leaves_out_is_asked_for_alone(office: Office) -> None:
    office.gemini.plan("half")
    for number in range(4):
        office.hears(f"Person {number}", f"Hello, it is me, number {number}")
    office.sync()
    office.work()
    assert [len(call["conversations"]) for call in office.gemini.calls] == [4, 1, 1]
    assert office.database.value("SELECT count(*) FROM analyses WHERE NOT used_fallback") == 4


def test_a_malformed_answer_gets_one_repair_try(office: Office) -> None:
    office.gemini.plan("malformed")
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    first, second = office.gemini.calls
    assert "could not be used" not in first["system"]
    assert "Your last answer could not be used: It is not JSON." in second["system"]
    assert not office.contact("Zelda Quill")["used_fallback"]


def test_after_a_second_malformed_answer_the_rules_stand_in(office: Office) -> None:
    office.gemini.plan("malformed", times=None)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert office.calls() == 2
    assert office.contact("Zelda Quill")["used_fallback"]
    (request,) = office.requests()
    assert request["reason"] == "RETRY_AI"


def test_blocked_text_is_analysed_by_the_rules_for_good(office: Office) -> None:
    office.gemini.plan("blocked", times=None)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert office.calls() == 1
    assert office.contact("Zelda Quill")["used_fallback"]
    assert office.requests() == []


def test_one_blocked_conversation_costs_the_others_nothing(office: Office) -> None:
    office.gemini.plan("blocked", times=2)  # the batch, and the first one alone
    for number in range(3):
        office.hears(f"Person {number}", f"Hello, it is me, number {number}")
    office.sync()
    office.work()
    assert office.database.value("SELECT count(*) FROM contacts WHERE used_fallback") == 1
    assert office.database.value("SELECT count(*) FROM contacts WHERE NOT used_fallback") == 2


@pytest.mark.parametrize(("said", "wanted"), [("PROPOSAL", "Proposal"), ("No such", "New lead")])
def test_stages_are_found_by_name(
    office: Office, said: str, wanted: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.gemini.plan("rename", stage=said)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert office.contact("Zelda Quill")["stage"] == wanted
    assert ("No stage is called" in caplog.text) == (said == "No such")
    (analysis,) = office.analyses("Zelda Quill")
    assert analysis["recommended_stage"] == said


def test_unsure_moves_wait_for_a_person(office: Office) -> None:
    office.set_organization(ai_review_below=100)
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.sync()
    office.work()
    zelda = office.contact("Zelda Quill")
    assert zelda["stage"] is None
    assert zelda["lead_score"] > 0
    (waiting,) = office.database.rows(
        "SELECT stage_moves.*, pipeline_stages.name FROM stage_moves"
        " JOIN pipeline_stages ON pipeline_stages.id = to_stage_id"
    )
    assert (waiting["status"], waiting["name"]) == ("WAITING", "Contacted")
    office.sync()
    office.work()
    assert office.database.value("SELECT count(*) FROM stage_moves") == 1


def test_a_page_without_pipeline_gets_summaries_alone(office: Office) -> None:
    office.set_page(auto_pipeline_id=None)
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.sync()
    office.work()
    zelda = office.contact("Zelda Quill")
    assert zelda["summary"].startswith("They first wrote")
    assert (zelda["lead_score"], zelda["stage"]) == (None, None)
    assert office.activities("Zelda Quill") == []


def test_of_a_long_thread_the_newest_and_the_earlier_summary_are_sent(office: Office) -> None:
    office.hears("Zelda Quill", "The very first words")
    office.sync()
    office.work()
    office.hears("Zelda Quill", *[f"{number} {text}" for number, text in enumerate(LONG * 5)])
    office.sync()
    office.work()
    last = office.gemini.calls[-1]
    assert "The very first words" not in last["conversations"][0]
    assert "14 I would like" in last["conversations"][0]
    assert '"earlierSummary": "They first wrote “The very first words”' in last["user"]
    assert '"earlierMessagesLeftOut"' in last["user"]
    assert len(last["user"]) < 6000 * 4
