"""A contact goes from stage to stage: by the API, by AI, back again, and by two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from inbox.actions.pipelines.moving import default_pipeline, move
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Contact, PipelineStage
from tests.api.seats import Seat
from tests.cast import Browser, Cast, sign_in
from tests.pipelines.boards import Board
from tests.processes import Web
from tests.stores import Database


def path(contact: Contact) -> str:
    return f"/api/contacts/{contact.id}/stage"


def by_ai(board: Board, contact: Contact, stage: str) -> bool:
    """As the analysis does it; whether it moved."""
    with board.app.app_context(), transaction() as session:
        moved = move(
            session.get_one(Contact, contact.id),
            session.get_one(PipelineStage, board.stages[stage].id),
            by=None,
            title="AI auto-assigned to pipeline",
            details={"confidence": 90},
        )
        return moved is not None


def test_it_works(cast: Cast, board: Board, bob: Browser, database: Database) -> None:
    before = database.value("SELECT version FROM contacts WHERE id = %s", cast.contact.id)
    answer = bob.patch(path(cast.contact), json={"stageId": board.id_of("Qualified")}).get_json()
    assert answer["stageId"] == board.id_of("Qualified")
    assert answer["pipelineId"] == str(board.id)
    assert answer["isPinned"] is True
    assert answer["version"] > before
    (activity,) = database.rows("SELECT * FROM contact_activities")
    assert activity["type"] == "STAGE_CHANGED"
    assert activity["user_id"] == cast.bob.id
    assert activity["title"] == "Moved to Qualified"
    assert activity["details"]["from"]["name"] == "New lead"
    assert activity["details"]["to"]["id"] == board.id_of("Qualified")
    assert answer["moveId"] == str(activity["id"])


def test_the_same_stage_again_changes_nothing(
    cast: Cast, board: Board, bob: Browser, database: Database
) -> None:
    before = database.rows("SELECT * FROM contacts ORDER BY id")
    answer = bob.patch(path(cast.contact), json={"stageId": board.id_of("New lead")}).get_json()
    assert answer["moveId"] is None
    assert database.rows("SELECT * FROM contacts ORDER BY id") == before
    assert database.value("SELECT count(*) FROM contact_activities") == 0


def test_a_contact_leaves_the_board(
    cast: Cast, board: Board, bob: Browser, database: Database
) -> None:
    answer = bob.patch(path(cast.contact), json={"stageId": None}).get_json()
    assert answer["stageId"] is answer["pipelineId"] is answer["stageEnteredAt"] is None
    assert database.value("SELECT details->>'to' FROM contact_activities") is None


def test_ai_moves_a_contact_that_nobody_has_pinned_and_no_other(
    cast: Cast, board: Board, bob: Browser
) -> None:
    assert by_ai(board, cast.contact, "Contacted")
    bob.patch(path(cast.contact), json={"stageId": board.id_of("Won")})
    assert not by_ai(board, cast.contact, "Lost")
    assert bob.patch(path(cast.contact), json={"isPinned": False}).get_json()["isPinned"] is False
    assert by_ai(board, cast.contact, "Lost")


def test_a_move_is_undone_with_its_time_and_pin(
    cast: Cast, board: Board, bob: Browser, database: Database
) -> None:
    question = "SELECT stage_id, stage_entered_at, is_pinned FROM contacts WHERE id = %s"
    before = database.rows(question, cast.contact.id)
    answer = bob.patch(path(cast.contact), json={"stageId": board.id_of("Won")}).get_json()
    assert database.rows(question, cast.contact.id) != before
    back = bob.post(f"{path(cast.contact)}/undo", json={"moveId": answer["moveId"]})
    assert back.status_code == 200
    assert database.rows(question, cast.contact.id) == before


def test_a_move_from_nowhere_is_undone(cast: Cast, board: Board, bob: Browser) -> None:
    bob.patch(path(cast.contact), json={"stageId": None})
    answer = bob.patch(path(cast.contact), json={"stageId": board.id_of("Won")}).get_json()
    back = bob.post(f"{path(cast.contact)}/undo", json={"moveId": answer["moveId"]}).get_json()
    assert back["stageId"] is None


def test_a_move_is_not_undone_once_there_was_another(
    app: Flask, cast: Cast, board: Board, bob: Browser
) -> None:
    first = bob.patch(path(cast.contact), json={"stageId": board.id_of("Won")}).get_json()
    alice = sign_in(app, cast.alice)
    alice.patch(path(cast.contact), json={"stageId": board.id_of("Lost")})
    back = bob.post(f"{path(cast.contact)}/undo", json={"moveId": first["moveId"]})
    assert back.status_code == 422
    assert back.get_json()["error"]["message"] == "This contact has been moved since."
    contact = alice.get(f"/api/contacts/{cast.contact.id}").get_json()
    assert contact["stageId"] == board.id_of("Lost")


def test_another_contacts_move_undoes_nothing(
    cast: Cast, ada: Contact, board: Board, alice: Browser
) -> None:
    moved = alice.patch(path(ada), json={"stageId": board.id_of("Won")}).get_json()
    back = alice.post(f"{path(cast.contact)}/undo", json={"moveId": moved["moveId"]})
    assert back.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"stageId": {"id": 1}},
        {"stageId": True},
        {"stageId": ["1"]},
        {"isPinned": "yes"},
        {"isPinned": None},
        {"stageId": None, "leadScore": 100},
        {"organizationId": 1},
    ],
)
def test_what_cannot_be_meant_is_named(
    cast: Cast, board: Board, bob: Browser, database: Database, body: object
) -> None:
    """Attack 6 of the trust page."""
    before = database.rows("SELECT * FROM contacts ORDER BY id")
    answer = bob.patch(path(cast.contact), json=body)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["fields"]
    assert database.rows("SELECT * FROM contacts ORDER BY id") == before


def test_nobody_moves_a_contact_that_is_not_theirs_or_into_anothers_stage(
    cast: Cast, ada: Contact, board: Board, bob: Browser, database: Database
) -> None:
    """Attack 3 of the trust page."""
    theirs = Board(board.app, cast.other_organization)
    before = database.rows("SELECT * FROM contacts ORDER BY id")
    assert bob.patch(path(ada), json={"stageId": board.id_of("Won")}).status_code == 404
    foreign = bob.patch(path(cast.contact), json={"stageId": theirs.id_of("Won")})
    assert foreign.status_code == 404
    mallory = sign_in(board.app, cast.mallory)
    moved = mallory.patch(path(cast.contact), json={"stageId": theirs.id_of("Won")})
    assert moved.status_code == 404
    assert database.rows("SELECT * FROM contacts ORDER BY id") == before
    assert bob.patch(path(cast.contact), json={"stageId": board.id_of("Won")}).status_code == 200


def test_ten_people_who_move_one_card_at_once_leave_one_unbroken_history(
    app: Flask, cast: Cast, board: Board, live: Web, database: Database
) -> None:
    alice = Seat.of(cast.alice, app, live.url)
    names = ["Contacted", "Qualified", "Proposal", "Won", "Lost"] * 2

    def go(name: str) -> int:
        body = {"stageId": board.id_of(name)}
        return alice.ask("PATCH", f"contacts/{cast.contact.id}/stage", json=body).status_code

    with ThreadPoolExecutor(len(names)) as people:
        assert set(people.map(go, names)) == {200}
    steps = [row["details"] for row in database.rows("SELECT details FROM contact_activities")]
    assert len(steps) >= 5
    left = {step["wasEnteredAt"] for step in steps}
    assert len(left) == len(steps), "two moved it from the same place"
    last = database.value("SELECT stage_id FROM contacts WHERE id = %s", cast.contact.id)
    tos = sorted(step["to"]["id"] for step in steps)
    froms = sorted([step["from"]["id"] for step in steps] + [str(last)])
    froms.remove(board.id_of("New lead"))
    assert tos == froms


def test_those_who_may_see_the_contact_hear_of_a_move_and_nobody_else(
    app: Flask, cast: Cast, board: Board, live: Web
) -> None:
    seats = {name: Seat.of(getattr(cast, name), app, live.url) for name in ("alice", "bob")}
    with seats["alice"] as alice, seats["bob"] as bob:
        charlie = Seat.of(cast.charlie, app, live.url)
        with charlie:
            stage_id = board.id_of("Won")
            bob.patch(f"contacts/{cast.contact.id}/stage", {"stageId": stage_id})
            for seat in (alice, bob):
                heard = seat.ear.waits_for("contact_updated")["contact"]
                assert heard["stageId"] == stage_id
            assert charlie.ear.names() == []


def test_two_first_visitors_make_one_default_pipeline(app: Flask, cast: Cast) -> None:
    def visit(_: int) -> int:
        with app.app_context():
            return default_pipeline(cast.organization.id).id

    with ThreadPoolExecutor(8) as visitors:
        assert len(set(visitors.map(visit, range(8)))) == 1
    with app.app_context():
        stages = db.session.scalars(PipelineStage.of_pipeline(visit(0))).all()
        assert [stage.name for stage in stages] == [
            "New lead", "Contacted", "Qualified", "Proposal", "Won", "Lost",
        ]  # fmt: skip
