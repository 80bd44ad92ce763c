"""A sync's contacts are analysed and filed; what has not changed is not asked about again."""

from __future__ import annotations

from inbox.models import PipelineMode
from tests.ai.conftest import Office

WANTS = "I want to order two blue bowls, what is the price? My number is +47 934 55 221"


def test_it_works(office: Office) -> None:
    office.hears("Zelda Quill", WANTS)
    office.hears("Ivo Marsh", "Hello there")
    job = office.sync()
    assert (job["analyzed_total"], job["analyzed_done"]) == (2, 0)  # it did not wait
    office.work()
    zelda, ivo = office.contact("Zelda Quill"), office.contact("Ivo Marsh")
    assert zelda["lead_score"] > ivo["lead_score"] > 0
    assert zelda["stage"] == "Proposal"
    assert ivo["stage"] == "Contacted"
    assert zelda["summary"].startswith("They first wrote “I want to order")
    assert not zelda["used_fallback"]
    assert zelda["stage_entered_at"] is not None
    (analysis,) = office.analyses("Zelda Quill")
    (message,) = office.database.rows("SELECT id FROM messages WHERE content = %s", WANTS)
    assert analysis["evidence_ids"] == [message["id"]]
    assert analysis["key_number"] in (1, 2)
    assert analysis["input_tokens"] > 0
    assert office.requests() == []
    (job,) = office.database.rows("SELECT * FROM sync_jobs")
    assert (job["analyzed_total"], job["analyzed_done"]) == (2, 2)


def test_one_activity_tells_of_the_move(office: Office) -> None:
    office.hears("Zelda Quill", WANTS)
    office.sync()
    office.work()
    (activity,) = office.activities("Zelda Quill")
    assert activity["type"] == "STAGE_CHANGED"
    assert activity["title"] == "AI auto-assigned to pipeline"
    assert activity["user_id"] is None
    details = activity["details"]
    assert details["from"] is None
    assert details["to"]["name"] == "Proposal"
    assert details["recommendation"] == "Proposal"
    assert details["confidence"] > 0
    assert "worth" in details["reasoning"]
    (run,) = office.database.rows("SELECT * FROM ai_runs")
    assert activity["ai_run_id"] == run["id"]
    assert (run["kind"], run["total"], run["analyzed"], run["moved"]) == ("SYNC", 1, 1, 1)


def test_a_second_sync_of_unchanged_threads_asks_nothing(office: Office) -> None:
    office.hears("Zelda Quill", WANTS)
    office.hears("Ivo Marsh", "Hello there")
    office.sync()
    office.work()
    assert office.calls() > 0
    before = office.calls()
    office.sync()
    assert len(office.requests()) == 2  # they did come up again
    office.work()
    assert office.calls() == before
    assert len(office.analyses("Zelda Quill")) == len(office.activities("Zelda Quill")) == 1
    assert office.requests() == []


def test_update_existing_applies_the_stored_result_without_a_call(office: Office) -> None:
    office.hears("Zelda Quill", WANTS)
    office.sync()
    office.work()
    office.database.rows(
        "UPDATE contacts SET stage_id = (SELECT id FROM pipeline_stages WHERE name = 'Lost')"
    )
    before = office.calls()
    office.sync()
    office.work()
    assert office.contact("Zelda Quill")["stage"] == "Lost"  # SKIP_EXISTING leaves it
    office.set_page(auto_pipeline_mode=PipelineMode.UPDATE_EXISTING)
    office.sync()
    office.work()
    assert office.contact("Zelda Quill")["stage"] == "Proposal"
    assert office.calls() == before
    assert len(office.analyses("Zelda Quill")) == 1


def test_short_conversations_go_together_in_one_request(office: Office) -> None:
    for number in range(8):
        office.hears(f"Person {number}", f"Hello, it is me, number {number}")
    office.sync()
    office.work()
    assert office.calls() == 1
    assert len(office.gemini.calls[0]["conversations"]) == 8
    assert office.database.value("SELECT count(*) FROM analyses") == 8
