"""Moves of which the AI was not sure: accepted, changed, rejected, one by one or all at once."""

from __future__ import annotations

from flask import Flask

from inbox.models import Contact
from tests import cast as rows
from tests.cast import Browser, Cast, sign_in
from tests.pipelines.boards import Board
from tests.stores import Database


def stage_of(database: Database, contact: Contact) -> str:
    question = "SELECT stage_id::text FROM contacts WHERE id = %s"
    return str(database.value(question, contact.id))


def statuses(database: Database) -> list[str]:
    return [row["status"] for row in database.rows("SELECT status FROM stage_moves ORDER BY id")]


def test_the_queue_tells_what_would_move_where_and_why(
    cast: Cast, board: Board, alice: Browser
) -> None:
    board.proposal(cast.contact, "Qualified", confidence=35)
    answer = alice.get("/api/stage-moves").get_json()
    assert answer["waiting"] == 1
    (move,) = answer["items"]
    assert move["contact"]["name"] == "Zelda Quill"
    assert move["from"]["name"] == "New lead"
    assert move["to"]["name"] == "Qualified"
    assert move["confidence"] == 35
    assert move["reasoning"] == "They asked for the price twice."
    assert "They asked for the price twice." in alice.get("/board/review").text


def test_an_accepted_move_is_made_and_not_pinned(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    move = board.proposal(cast.contact, "Qualified")
    assert alice.post(f"/api/stage-moves/{move.id}/accept").get_json() == {"waiting": 0}
    assert stage_of(database, cast.contact) == board.id_of("Qualified")
    assert not database.value("SELECT is_pinned FROM contacts WHERE id = %s", cast.contact.id)
    (activity,) = database.rows("SELECT * FROM contact_activities")
    assert activity["user_id"] == cast.alice.id
    assert activity["details"]["confidence"] == 40
    assert activity["details"]["reasoning"] == "They asked for the price twice."
    (row,) = database.rows("SELECT * FROM stage_moves")
    assert (row["status"], row["decided_by_id"]) == ("ACCEPTED", cast.alice.id)


def test_an_accepted_move_is_undone_with_its_batch(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    run = board.run(cast.organization, moved=0)
    move = board.proposal(cast.contact, "Qualified", run=run)
    alice.post(f"/api/stage-moves/{move.id}/accept")
    assert database.value("SELECT moved FROM ai_runs") == 1
    assert alice.post(f"/api/ai-runs/{run.id}/undo").get_json()["contacts"] == 1
    assert stage_of(database, cast.contact) == board.id_of("New lead")


def test_a_changed_move_goes_elsewhere_and_is_pinned(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    move = board.proposal(cast.contact, "Qualified")
    body = {"stageId": board.id_of("Lost")}
    assert alice.post(f"/api/stage-moves/{move.id}/change", json=body).status_code == 200
    assert stage_of(database, cast.contact) == board.id_of("Lost")
    assert database.value("SELECT is_pinned FROM contacts WHERE id = %s", cast.contact.id)
    assert statuses(database) == ["CHANGED"]


def test_a_changed_move_is_none_of_its_batch(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    """A person chose that stage, and undoing the batch does not undo what people do."""
    run = board.run(cast.organization, moved=0)
    move = board.proposal(cast.contact, "Qualified", run=run)
    alice.post(f"/api/stage-moves/{move.id}/change", json={"stageId": board.id_of("Lost")})
    alice.patch(f"/api/contacts/{cast.contact.id}/stage", json={"isPinned": False})
    assert database.value("SELECT moved FROM ai_runs") == 0
    assert alice.post(f"/api/ai-runs/{run.id}/undo").get_json()["contacts"] == 0
    assert stage_of(database, cast.contact) == board.id_of("Lost")


def test_a_rejected_move_is_not_made(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    move = board.proposal(cast.contact, "Qualified")
    assert alice.post(f"/api/stage-moves/{move.id}/reject").status_code == 200
    assert stage_of(database, cast.contact) == board.id_of("New lead")
    assert statuses(database) == ["REJECTED"]


def test_what_is_decided_is_decided_once(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    move = board.proposal(cast.contact, "Qualified")
    assert alice.post(f"/api/stage-moves/{move.id}/reject").status_code == 200
    for verb in ("accept", "reject"):
        answer = alice.post(f"/api/stage-moves/{move.id}/{verb}")
        assert answer.status_code == 422
    assert stage_of(database, cast.contact) == board.id_of("New lead")


def test_who_moves_the_contact_first_has_decided(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    move = board.proposal(cast.contact, "Qualified")
    alice.patch(f"/api/contacts/{cast.contact.id}/stage", json={"stageId": board.id_of("Won")})
    assert statuses(database) == ["OUTDATED"]
    assert alice.post(f"/api/stage-moves/{move.id}/accept").status_code == 422
    assert stage_of(database, cast.contact) == board.id_of("Won")


def test_pinning_a_contact_is_an_answer_too(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    board.proposal(cast.contact, "Qualified")
    path = f"/api/contacts/{cast.contact.id}/stage"
    alice.patch(path, json={"isPinned": False})
    assert statuses(database) == ["WAITING"]
    alice.patch(path, json={"isPinned": True})
    assert statuses(database) == ["OUTDATED"]


def test_a_move_to_a_stage_that_is_deleted_waits_no_longer(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    board.proposal(cast.contact, "Qualified")
    assert alice.delete(f"/api/stages/{board.id_of('Qualified')}").status_code == 200
    assert statuses(database) == ["OUTDATED"]


def test_all_that_was_seen_is_accepted_at_once(
    cast: Cast, ada: Contact, board: Board, alice: Browser, database: Database
) -> None:
    seen = board.proposal(cast.contact, "Qualified")
    board.proposal(ada, "Won")
    answer = alice.post("/api/stage-moves/accept-all", json={"throughId": str(seen.id)})
    assert answer.get_json() == {"decided": 1, "waiting": 1}
    assert stage_of(database, cast.contact) == board.id_of("Qualified")
    assert stage_of(database, ada) == board.id_of("Contacted"), "it came after the last look"


def test_all_are_rejected_at_once_and_nobody_elses(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    """Attack 3 of the trust page."""
    theirs = Board(app, cast.other_organization)
    with app.app_context():
        stranger = rows.contact(cast.other_page, "Someone else's")
    foreign = theirs.proposal(stranger, "Won")
    move = board.proposal(cast.contact, "Qualified")
    body = {"throughId": str(max(foreign.id, move.id))}
    answer = alice.post("/api/stage-moves/reject-all", json=body).get_json()
    assert answer == {"decided": 1, "waiting": 0}
    assert statuses(database) == ["WAITING", "REJECTED"]
    assert alice.post("/api/stage-moves/accept-all", json=body).get_json()["decided"] == 0
    assert "Someone else" not in sign_in(app, cast.alice).get("/board/review").text


def test_many_are_rejected_a_slice_at_a_time(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(201)]
    moves = [board.proposal(person, "Won") for person in people]
    body = {"throughId": str(moves[-1].id)}
    answers = [alice.post("/api/stage-moves/reject-all", json=body).get_json() for _ in range(3)]
    assert answers == [
        {"decided": 200, "waiting": 1},
        {"decided": 1, "waiting": 0},
        {"decided": 0, "waiting": 0},
    ]
    assert set(statuses(database)) == {"REJECTED"}


def test_script_in_what_the_ai_says_is_text(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    """Attack 1 of the trust page."""
    board.proposal(cast.contact, "Qualified")
    database.rows("UPDATE analyses SET reasoning = '<script>alert(1)</script>', summary = '<b>'")
    page = alice.get("/board/review").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
