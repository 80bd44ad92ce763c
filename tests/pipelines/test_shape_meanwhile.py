"""Two people change the shape of pipelines at once: what is gone is not moved into, nobody is lost,
and one is told that somebody else was first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inbox.actions.pipelines import emptying
from inbox.models import Contact
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Browser, Cast
from tests.pipelines.boards import Board
from tests.rivals import Rival, asked, deadlocks, patient, rival
from tests.stores import Database

STAGE_OF = "SELECT stage_id::text FROM contacts WHERE id = %s"


@pytest.fixture
def alice(environment: Environment, cast: Cast) -> Iterator[Browser]:
    with patient(environment, cast.alice.email) as browser:
        yield browser


@pytest.fixture
def other(database: Database) -> Iterator[Rival]:
    with rival(database) as made:
        yield made


@pytest.mark.parametrize("what", ["stages", "pipelines"])
def test_nobody_is_sent_into_a_stage_that_is_deleted_meanwhile(  # noqa: PLR0917 - the cast and the case
    cast: Cast, board: Board, alice: Browser, other: Rival, database: Database, what: str
) -> None:
    target = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()["stages"][0]
    first = board.id_of("New lead")
    path = f"/api/stages/{first}" if what == "stages" else f"/api/pipelines/{board.id}"
    other.does("DELETE FROM pipeline_stages WHERE id = %s", target["id"])
    with asked(lambda: alice.delete(f"{path}?moveTo={target['id']}")) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 409, answer.result().text
    assert list(answer.result().get_json()["error"]["fields"]) == ["moveTo"]
    assert database.value("SELECT count(*) FROM pipeline_stages WHERE id = %s", first) == 1
    assert database.value(STAGE_OF, cast.contact.id) == first


def test_who_deletes_a_stage_as_the_second_is_told_that_it_is_gone(
    board: Board, alice: Browser, other: Rival
) -> None:
    lost = board.id_of("Lost")
    other.does("SELECT 1 FROM pipelines WHERE id = %s FOR UPDATE", board.id)
    other.does("DELETE FROM pipeline_stages WHERE id = %s", lost)
    with asked(lambda: alice.delete(f"/api/stages/{lost}")) as answer:
        other.holds_somebody_up()
        other.commits()
    assert (answer.result().status_code, answer.result().get_json()) == (200, {"success": True})


def test_a_stage_or_pipeline_that_is_deleted_meanwhile_is_not_changed(
    board: Board, alice: Browser, other: Rival, database: Database
) -> None:
    made = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()
    stage = made["stages"][0]["id"]
    other.does("DELETE FROM pipeline_stages WHERE id = %s", stage)
    with asked(lambda: alice.patch(f"/api/stages/{stage}", json={"name": "Mine"})) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 409
    path = f"/api/pipelines/{made['id']}"
    bodies: list[tuple[str, str, dict[str, object]]] = [
        ("PATCH", path, {"name": "Mine"}),
        ("PATCH", path, {"stageIds": [row["id"] for row in made["stages"][1:]]}),
        ("POST", f"{path}/stages", {"name": "Mine"}),
        ("DELETE", path, {}),
    ]
    database.rows(
        "CREATE TEMPORARY TABLE kept AS SELECT * FROM pipelines WHERE id = %s", made["id"]
    )
    for method, door, body in bodies:
        other.does("DELETE FROM pipeline_stages WHERE pipeline_id = %s", made["id"])
        other.does("DELETE FROM pipelines WHERE id = %s", made["id"])
        with asked(lambda m=method, d=door, b=body: alice.open(d, method=m, json=b)) as answer:  # type: ignore[misc]  # bound now
            other.holds_somebody_up()
            other.commits()
        assert answer.result().status_code == 409, (method, door)
        database.rows("INSERT INTO pipelines OVERRIDING SYSTEM VALUE SELECT * FROM kept")


def test_of_two_who_make_two_pipelines_the_default_one_is_told_so(
    board: Board, alice: Browser, other: Rival, database: Database
) -> None:
    first, second = (
        alice.post("/api/pipelines", json={"name": name}).get_json()["id"] for name in "AB"
    )
    other.does("UPDATE pipelines SET is_default = false WHERE id = %s", board.id)
    other.does("UPDATE pipelines SET is_default = true WHERE id = %s", first)
    body = {"isDefault": True}
    with asked(lambda: alice.patch(f"/api/pipelines/{second}", json=body)) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 409
    assert list(answer.result().get_json()["error"]["fields"]) == ["isDefault"]
    default = database.rows("SELECT id::text FROM pipelines WHERE is_default")
    assert default == [{"id": first}]
    assert alice.patch(f"/api/pipelines/{second}", json=body).status_code == 200, "asked again"


def test_of_two_who_make_the_first_pipeline_one_is_told_so(
    cast: Cast, alice: Browser, other: Rival, database: Database
) -> None:
    assert database.value("SELECT count(*) FROM pipelines") == 0
    other.does("INSERT INTO pipelines (organization_id, name, is_default) VALUES (%s, 'A', true)",
               cast.organization.id)  # fmt: skip
    with asked(lambda: alice.post("/api/pipelines", json={"name": "B"})) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 409
    assert alice.post("/api/pipelines", json={"name": "B"}).status_code == 201, "asked again"


def test_a_pipeline_is_deleted_after_a_deadlock(
    board: Board, alice: Browser, other: Rival, database: Database
) -> None:
    """Somebody else has the stage that its contacts go to, and then asks for the pipeline."""
    target = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()["stages"][0]
    before = deadlocks(database)
    with rival(database) as gate:
        gate.does("SELECT 1 FROM pipelines WHERE id = %s FOR UPDATE", board.id)
        path = f"/api/pipelines/{board.id}?moveTo={target['id']}"
        with asked(lambda: alice.delete(path)) as answer:
            gate.holds_somebody_up()  # all that stood there has gone
            other.does("SELECT 1 FROM pipeline_stages WHERE id = %s FOR UPDATE", target["id"])
            gate.gives_up()
            other.holds_somebody_up()
            other.does("SELECT 1 FROM pipelines WHERE id = %s FOR UPDATE", board.id)
            other.gives_up()
        assert answer.result().status_code == 200, answer.result().text
    eventually(lambda: deadlocks(database) > before)
    assert database.value("SELECT count(*) FROM pipelines") == 1


@pytest.mark.parametrize("what", ["stages", "pipelines"])
def test_what_is_not_empty_yet_is_not_deleted_and_asked_for_again(  # noqa: PLR0917 - the cast and the case
    cast: Cast, ada: Contact, board: Board, alice: Browser, database: Database,
    monkeypatch: pytest.MonkeyPatch, what: str,
) -> None:  # fmt: skip
    """More come in after it was emptied than the time of one request is enough for."""
    target = alice.post("/api/pipelines", json={"name": "After sales"}).get_json()["stages"][0]
    monkeypatch.setattr(emptying, "SLICE", 5)
    lost = board.id_of("Lost")
    path = f"/api/stages/{lost}" if what == "stages" else f"/api/pipelines/{board.id}"
    with rival(database) as gate:
        gate.does("SELECT 1 FROM pipelines WHERE id = %s FOR UPDATE", board.id)
        with asked(lambda: alice.delete(f"{path}?moveTo={target['id']}")) as answer:
            gate.holds_somebody_up()
            monkeypatch.setattr(emptying, "MOST_SECONDS", 0.0)
            gate.does(
                "INSERT INTO contacts (organization_id, facebook_page_id, messenger_psid,"
                " pipeline_id, stage_id, stage_entered_at) SELECT %s, %s, 'late ' || n, %s, %s,"
                " now() FROM generate_series(1, 20) AS n",
                cast.organization.id, cast.page.id, board.id, lost,
            )  # fmt: skip
            gate.commits()
    assert (answer.result().status_code, answer.result().get_json()) == (202, {"success": False})
    assert database.value("SELECT count(*) FROM pipeline_stages WHERE id = %s", lost) == 1
    monkeypatch.undo()
    assert alice.delete(f"{path}?moveTo={target['id']}").status_code == 200
    at_target = "SELECT count(*) FROM contacts WHERE stage_id = %s"
    assert database.value(at_target, target["id"]) == (20 if what == "stages" else 22)
