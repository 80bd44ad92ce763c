"""Many contacts are analysed at an admin's wish, who has been told what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from inbox.actions.ai import progress
from tests.ai.conftest import Office


@pytest.fixture
def full(office: Office) -> Office:
    """Four contacts, of whom two are analysed."""
    office.hears("Zelda Quill", "How much is the blue bowl?")
    office.hears("Ivo Marsh", "Hello")
    office.sync()
    office.work()
    office.hears("Mona Reed", "Do you deliver?")
    office.hears("Tom Vale", "Good morning")
    office.sync()
    office.database.rows("DELETE FROM analysis_requests")
    return office


def post(office: Office, path: str, body: dict[str, Any]) -> TestResponse:
    client = office.app.test_client()
    return client.post(path, json=body, headers=office.token(office.alice))


def test_it_works(full: Office) -> None:
    before = full.calls()
    answer = post(full, "/api/ai-runs", {"all": True})
    assert answer.status_code == 202
    told = answer.get_json()
    assert (told["done"], told["nextAfter"]) == (4, None)
    assert (told["run"]["kind"], told["run"]["status"]) == ("BULK", "RUNNING")
    full.work()
    assert full.calls() == before + 1  # two are unchanged, two go together
    (run,) = full.database.rows("SELECT * FROM ai_runs WHERE kind = 'BULK'")
    assert (run["total"], run["analyzed"], run["moved"]) == (4, 4, 2)
    assert full.contact("Mona Reed")["stage"] is not None


def test_an_accepted_proposal_stays_one_of_its_moves(full: Office) -> None:
    """Also while the run goes on, which counts anew; else nobody could take it back."""
    full.set_organization(ai_review_below=100)
    full.database.rows("UPDATE contacts SET stage_id = NULL, pipeline_id = NULL,"
                       " stage_entered_at = NULL")  # fmt: skip
    mona, tom = (str(full.contact(name)["id"]) for name in ("Mona Reed", "Tom Vale"))
    run = post(full, "/api/ai-runs", {"ids": [mona]}).get_json()["run"]
    full.work()
    (proposal,) = full.database.rows("SELECT id FROM stage_moves WHERE status = 'WAITING'")
    assert post(full, f"/api/stage-moves/{proposal['id']}/accept", {}).status_code == 200
    post(full, "/api/ai-runs", {"ids": [tom], "runId": run["id"]})
    full.work()
    (row,) = full.database.rows("SELECT * FROM ai_runs WHERE kind = 'BULK'")
    assert (row["analyzed"], row["moved"]) == (2, 1)
    with full.app.app_context():
        progress.complete_runs()
    client, headers = full.app.test_client(), full.token(full.alice)
    assert f'data-run="{run["id"]}"' in client.get("/board/review", headers=headers).text
    undone = post(full, f"/api/ai-runs/{run['id']}/undo", {}).get_json()
    assert (undone["contacts"], full.contact("Mona Reed")["stage"]) == (1, None)


def test_it_is_listed_with_how_far_it_is(full: Office) -> None:
    post(full, "/api/ai-runs", {"all": True})
    client, headers = full.app.test_client(), full.token(full.alice)
    run, *earlier = client.get("/api/ai-runs", headers=headers).get_json()["items"]
    assert (run["kind"], run["startedBy"], run["total"], run["analyzed"]) == ("BULK", "Alice", 4, 0)
    assert [each["kind"] for each in earlier] == ["SYNC", "SYNC"]
    full.work()
    html = client.get("/api/ai", headers=headers).get_json()["html"]
    assert "Analysis of many, by Alice" in html
    assert "Analyzed 4 of 4 contacts · 2 moved" in html


def test_what_it_costs_is_told_and_nothing_is_asked(full: Office) -> None:
    before = full.calls()
    told = post(full, "/api/ai-runs/estimate", {"all": True}).get_json()
    assert (told["contacts"], told["changed"]) == (4, 2)
    assert told["requests"] == {"least": 1, "most": 2}
    assert told["tokens"] > 0
    assert told["leftToday"] == 2000 - before
    assert full.requests() == []


def test_the_filter_of_the_address_counts(full: Office) -> None:
    told = post(full, "/api/ai-runs/estimate?q=mona", {"all": True}).get_json()
    assert told["contacts"] == 1
    post(full, "/api/ai-runs?q=mona", {"all": True})
    (request,) = full.requests()
    assert request["contact_id"] == full.contact("Mona Reed")["id"]
    (run,) = full.database.rows("SELECT * FROM ai_runs WHERE kind = 'BULK'")
    assert run["filter"] == {"q": ["mona"]}


def test_a_run_may_be_filled_in_several_steps(full: Office) -> None:
    ids = [row["id"] for row in full.database.rows("SELECT id FROM contacts ORDER BY id")]
    run = post(full, "/api/ai-runs", {"ids": ids[:2]}).get_json()["run"]
    for _ in range(2):
        again = {"ids": [str(each) for each in ids], "runId": run["id"], "after": str(ids[1])}
        assert post(full, "/api/ai-runs", again).status_code == 202
    (row,) = full.database.rows("SELECT * FROM ai_runs WHERE kind = 'BULK'")
    assert row["total"] == 4


@pytest.mark.parametrize(
    "body", [{}, {"ids": "1"}, {"ids": ["x"]}, {"all": True, "runId": {}}, {"ids": [1] * 501}]
)
def test_bad_input_is_named(full: Office, body: dict[str, Any]) -> None:
    assert post(full, "/api/ai-runs", body).status_code == 422


def test_another_s_run_is_not_found(full: Office) -> None:
    assert post(full, "/api/ai-runs", {"all": True, "runId": "1"}).status_code == 404
