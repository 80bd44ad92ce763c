"""Pipelines and stages come, change and go; nobody's contacts are lost with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from inbox.models import Contact
from tests import cast as rows
from tests.api.seats import Seat
from tests.cast import Browser, Cast
from tests.pipelines.boards import Board
from tests.processes import Web
from tests.stores import Database

IN_STAGE = "SELECT count(*) FROM contacts WHERE stage_id = %s"


def stages(browser: Browser, board: Board) -> list[str]:
    answer = browser.get(f"/api/pipelines/{board.id}").get_json()
    return [stage["name"] for stage in answer["stages"]]


def test_a_pipeline_begins_with_three_stages(cast: Cast, board: Board, alice: Browser) -> None:
    made = alice.post("/api/pipelines", json={"name": "After sales"})
    assert made.status_code == 201
    answer = made.get_json()
    assert [stage["name"] for stage in answer["stages"]] == ["New", "Won", "Lost"]
    assert answer["isDefault"] is False
    listed = alice.get("/api/pipelines").get_json()["items"]
    assert [each["name"] for each in listed] == ["Sales", "After sales"]


def test_a_stage_is_added_before_the_ends_and_changed(
    cast: Cast, board: Board, alice: Browser
) -> None:
    path = f"/api/pipelines/{board.id}/stages"
    made = alice.post(path, json={"name": "Meeting", "colour": "#AABBCC"})
    assert made.status_code == 201
    assert made.get_json()["colour"] == "#aabbcc"
    assert stages(alice, board)[3:] == ["Proposal", "Meeting", "Won", "Lost"]
    alice.post(path, json={"name": "Gone quiet", "type": "LOST"})
    assert stages(alice, board)[-1] == "Gone quiet"
    changed = alice.patch(
        f"/api/stages/{made.get_json()['id']}",
        json={"name": "Visit", "type": "WON", "description": "They came by."},
    ).get_json()
    assert (changed["name"], changed["type"]) == ("Visit", "WON")
    assert changed["description"] == "They came by."
    assert changed["colour"] == "#aabbcc"


def test_stages_are_put_in_order(cast: Cast, board: Board, alice: Browser) -> None:
    order = [board.id_of(name) for name in reversed(board.stages)]
    answer = alice.patch(f"/api/pipelines/{board.id}", json={"stageIds": order})
    assert [stage["id"] for stage in answer.get_json()["stages"]] == order
    assert stages(alice, board)[0] == "Lost"


@pytest.mark.parametrize("change", ["missing", "twice", "foreign"])
def test_an_order_that_is_not_of_all_stages_is_refused(
    app: Flask, cast: Cast, board: Board, alice: Browser, change: str
) -> None:
    order = [board.id_of(name) for name in board.stages]
    if change == "missing":
        order = order[1:]
    elif change == "twice":
        order = [*order[1:], order[1]]
    else:
        order = [*order[1:], Board(app, cast.other_organization).id_of("Won")]
    before = stages(alice, board)
    assert alice.patch(f"/api/pipelines/{board.id}", json={"stageIds": order}).status_code == 422
    assert stages(alice, board) == before


def test_another_pipeline_becomes_the_default(
    cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    made = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()
    answer = alice.patch(f"/api/pipelines/{made['id']}", json={"isDefault": True, "name": "Care"})
    assert answer.get_json()["isDefault"] is True
    assert database.value("SELECT name FROM pipelines WHERE is_default AND id = %s", made["id"])
    assert database.value("SELECT count(*) FROM pipelines WHERE is_default") == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/api/pipelines", {"name": "sALES"}, "name"),
        ("POST", "/api/pipelines", {"name": ""}, "name"),
        ("POST", "/api/pipelines", {"name": "x" * 61}, "name"),
        ("POST", "/api/pipelines", {"name": {"a": 1}}, "name"),
        ("POST", "/api/pipelines", {"name": "Fine", "organizationId": 1}, "organizationId"),
        ("PATCH", "/api/pipelines/{pipeline}", {"isDefault": False}, "isDefault"),
        ("PATCH", "/api/pipelines/{pipeline}", {"stageIds": "1"}, "stageIds"),
        ("PATCH", "/api/pipelines/{pipeline}", {"stageIds": [{"a": 1}]}, "stageIds"),
        ("PATCH", "/api/pipelines/{pipeline}", {"stageIds": ["9" * 5000]}, "stageIds"),
        ("PATCH", "/api/pipelines/{pipeline}", {"position": 1}, "position"),
        ("POST", "/api/pipelines/{pipeline}/stages", {"name": "won"}, "name"),
        ("POST", "/api/pipelines/{pipeline}/stages", {"name": "N", "colour": "red"}, "colour"),
        ("POST", "/api/pipelines/{pipeline}/stages", {"name": "N", "type": "MAYBE"}, "type"),
        ("PATCH", "/api/stages/{stage}", {"name": "Lost"}, "name"),
        ("PATCH", "/api/stages/{stage}", {"colour": '#12345"'}, "colour"),
        ("PATCH", "/api/stages/{stage}", {"description": "x" * 501}, "description"),
        ("PATCH", "/api/stages/{stage}", {"pipelineId": 1}, "pipelineId"),
    ],
)
def test_what_cannot_be_taken_is_named(  # noqa: PLR0917 - the cast and the case
    board: Board, alice: Browser, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    before = alice.get("/api/pipelines").get_json()
    url = path.format(pipeline=board.id, stage=board.id_of("Won"))
    answer = alice.open(url, method=method, json=body)
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]
    assert alice.get("/api/pipelines").get_json() == before


def test_deleting_a_stage_asks_where_its_contacts_go(
    cast: Cast, ada: Contact, board: Board, alice: Browser, database: Database
) -> None:
    path = f"/api/stages/{board.id_of('New lead')}"
    asked = alice.delete(path)
    assert asked.status_code == 422
    assert asked.get_json()["error"]["fields"] == {
        "moveTo": "1 contact stands here. Say where they go."
    }
    assert alice.delete(f"{path}?moveTo={board.id_of('New lead')}").status_code == 422
    assert alice.delete(f"{path}?moveTo={board.id_of('Won')}").status_code == 200
    assert stages(alice, board) == ["Contacted", "Qualified", "Proposal", "Won", "Lost"]
    row = "SELECT stage_id::text FROM contacts WHERE id = %s"
    assert database.value(row, cast.contact.id) == board.id_of("Won")
    (activity,) = database.rows("SELECT * FROM contact_activities")
    assert activity["title"] == "The stage New lead was deleted"
    assert activity["user_id"] == cast.alice.id
    assert activity["details"]["to"]["name"] == "Won"
    # An empty one goes without a question, and people can leave the board.
    assert alice.delete(f"/api/stages/{board.id_of('Lost')}").status_code == 200
    assert alice.delete(f"/api/stages/{board.id_of('Contacted')}?moveTo=none").status_code == 200
    assert database.value(row, ada.id) is None


def test_contacts_of_a_deleted_stage_do_not_go_to_another_organization(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    """Attack 3 of the trust page."""
    theirs = Board(app, cast.other_organization)
    path = f"/api/stages/{board.id_of('New lead')}?moveTo={theirs.id_of('Won')}"
    assert alice.delete(path).status_code == 404
    assert "New lead" in stages(alice, board)


def test_thousands_of_contacts_leave_a_stage(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    database.rows(
        "INSERT INTO contacts (organization_id, facebook_page_id, messenger_psid, pipeline_id,"
        " stage_id, stage_entered_at, is_pinned)"
        " SELECT %s, %s, 'many ' || n, %s, %s, now(), n %% 2 = 0"
        " FROM generate_series(1, 2500) AS n",
        cast.organization.id,
        cast.page.id,
        board.id,
        board.id_of("Lost"),
    )
    path = f"/api/stages/{board.id_of('Lost')}?moveTo={board.id_of('Won')}"
    assert alice.delete(path).status_code == 200
    assert database.value(IN_STAGE, board.id_of("Won")) == 2500
    assert database.value("SELECT count(*) FROM contacts WHERE is_pinned") == 1250
    assert database.value("SELECT count(*) FROM contact_activities") == 2500


def test_the_last_stage_and_the_last_pipeline_stay(board: Board, alice: Browser) -> None:
    for name in list(board.stages)[1:]:
        alice.delete(f"/api/stages/{board.id_of(name)}?moveTo=none")
    assert alice.delete(f"/api/stages/{board.id_of('New lead')}?moveTo=none").status_code == 422
    assert alice.delete(f"/api/pipelines/{board.id}?moveTo=none").status_code == 422
    assert stages(alice, board) == ["New lead"]


def test_a_pipeline_goes_and_its_contacts_go_where_they_are_sent(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    made = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()
    database.rows("UPDATE facebook_pages SET auto_pipeline_id = %s", board.id)
    path = f"/api/pipelines/{board.id}"
    assert alice.delete(path).status_code == 422
    assert alice.delete(f"{path}?moveTo={board.id_of('Won')}").status_code == 422
    new = made["stages"][0]["id"]
    assert alice.delete(f"{path}?moveTo={new}").status_code == 200
    assert database.value(IN_STAGE, new) == 2
    assert database.value("SELECT is_default FROM pipelines WHERE id = %s", made["id"])
    assert database.rows("SELECT 1 FROM facebook_pages WHERE auto_pipeline_id > 0") == []


def test_a_move_into_a_stage_that_is_being_deleted_is_refused_or_carried_along(
    cast: Cast, app: Flask, board: Board, live: Web, database: Database
) -> None:
    alice = Seat.of(cast.alice, app, live.url)
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(12)]

    def go(number: int) -> int:
        if number == 6:
            path = f"stages/{board.id_of('Won')}?moveTo={board.id_of('Lost')}"
            return alice.ask("DELETE", path).status_code
        body = {"stageId": board.id_of("Won")}
        return alice.ask("PATCH", f"contacts/{people[number].id}/stage", json=body).status_code

    with ThreadPoolExecutor(12) as everybody:
        answers = list(everybody.map(go, range(12)))
    assert answers[6] == 200
    assert set(answers) <= {200, 404, 422}
    moved = sum(1 for n, status in enumerate(answers) if status == 200 and n != 6)
    assert database.value(IN_STAGE, board.id_of("Lost")) == moved


def test_everybody_who_may_look_hears_that_a_pipeline_has_changed(
    app: Flask, cast: Cast, board: Board, live: Web
) -> None:
    seats = [Seat.of(person, app, live.url) for person in (cast.alice, cast.bob, cast.mallory)]
    with seats[0] as alice, seats[1] as bob, seats[2] as mallory:
        alice.patch(f"stages/{board.id_of('Won')}", {"name": "Sold"})
        for seat in (alice, bob):
            assert seat.ear.waits_for("pipeline_updated")["pipelineId"] == str(board.id)
        assert mallory.ear.names() == []
