"""A batch of AI moves is taken back, except what people have touched since."""

from __future__ import annotations

from inbox.models import Contact
from tests import cast as rows
from tests.cast import Browser, Cast
from tests.pipelines.boards import Board
from tests.stores import Database


def places(database: Database) -> list[tuple[object, ...]]:
    question = "SELECT id, stage_id, stage_entered_at, is_pinned FROM contacts ORDER BY id"
    return [tuple(row.values()) for row in database.rows(question)]


def test_it_works(
    cast: Cast, ada: Contact, board: Board, alice: Browser, database: Database
) -> None:
    with board.app.app_context():
        nowhere = rows.contact(cast.page, "Nowhere Ned")
    before = places(database)
    run = board.run(cast.organization, moved=3)
    for contact in (cast.contact, ada, nowhere):
        board.moved_by_ai(run, contact, "Won")
    assert places(database) != before
    answer = alice.post(f"/api/ai-runs/{run.id}/undo").get_json()
    assert (answer["contacts"], answer["isDone"]) == (3, True)
    assert answer["undoneAt"] is not None
    assert places(database) == before
    titles = database.rows("SELECT title, user_id FROM contact_activities ORDER BY id DESC LIMIT 3")
    assert {row["title"] for row in titles} == {"AI's move undone"}
    assert {row["user_id"] for row in titles} == {cast.alice.id}
    again = alice.post(f"/api/ai-runs/{run.id}/undo").get_json()
    assert again["contacts"] == 0
    assert places(database) == before


def test_what_people_have_moved_or_pinned_since_stays(
    cast: Cast, ada: Contact, board: Board, alice: Browser, database: Database
) -> None:
    run = board.run(cast.organization, moved=2)
    board.moved_by_ai(run, cast.contact, "Won")
    board.moved_by_ai(run, ada, "Won")
    alice.patch(f"/api/contacts/{cast.contact.id}/stage", json={"stageId": board.id_of("Lost")})
    alice.patch(f"/api/contacts/{cast.contact.id}/stage", json={"isPinned": False})
    alice.patch(f"/api/contacts/{ada.id}/stage", json={"isPinned": True})
    before = places(database)
    assert alice.post(f"/api/ai-runs/{run.id}/undo").get_json()["contacts"] == 0
    assert places(database) == before


def test_a_later_move_of_the_ai_is_not_undone_by_undoing_an_earlier_one(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    first, second = (board.run(cast.organization) for _ in range(2))
    board.moved_by_ai(first, cast.contact, "Qualified")
    board.moved_by_ai(second, cast.contact, "Won")
    before = places(database)
    assert alice.post(f"/api/ai-runs/{first.id}/undo").get_json()["contacts"] == 0
    assert places(database) == before
    assert alice.post(f"/api/ai-runs/{second.id}/undo").get_json()["contacts"] == 1


def test_whose_stage_is_gone_stays(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    run = board.run(cast.organization)
    board.moved_by_ai(run, cast.contact, "Won")
    alice.delete(f"/api/stages/{board.id_of('New lead')}")
    assert alice.post(f"/api/ai-runs/{run.id}/undo").get_json()["contacts"] == 0


def test_a_run_that_goes_on_is_not_undone(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    run = board.run(cast.organization)
    database.rows("UPDATE ai_runs SET status = 'RUNNING'")
    board.moved_by_ai(run, cast.contact, "Won")
    assert alice.post(f"/api/ai-runs/{run.id}/undo").status_code == 422
    assert database.value("SELECT undone_at FROM ai_runs") is None


def test_six_hundred_moves_are_undone_in_one_request(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    run = board.run(cast.organization, moved=600)
    database.rows(
        "INSERT INTO contacts (organization_id, facebook_page_id, messenger_psid, pipeline_id,"
        " stage_id, stage_entered_at)"
        " SELECT %s, %s, 'many ' || n, %s, %s, now() FROM generate_series(1, 600) AS n",
        cast.organization.id,
        cast.page.id,
        board.id,
        board.id_of("Won"),
    )
    database.rows(
        "INSERT INTO contact_activities (organization_id, contact_id, ai_run_id, type, title,"
        " details) SELECT organization_id, id, %s, 'STAGE_CHANGED', 'AI', jsonb_build_object("
        " 'from', NULL, 'to', jsonb_build_object('id', stage_id::text), 'wasEnteredAt', NULL,"
        " 'wasPinned', false) FROM contacts WHERE messenger_psid LIKE 'many%%'",
        run.id,
    )
    answer = alice.post(f"/api/ai-runs/{run.id}/undo").get_json()
    assert (answer["contacts"], answer["isDone"]) == (600, True)
    assert database.value("SELECT count(*) FROM contacts WHERE stage_id IS NOT NULL") == 2
