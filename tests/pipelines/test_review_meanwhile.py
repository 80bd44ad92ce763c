"""Moves are decided while somebody else has some of them in hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from tests import cast as rows
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Browser, Cast
from tests.pipelines.boards import Board
from tests.rivals import asked, deadlocks, patient, rival
from tests.stores import Database

LOCK = "SELECT 1 FROM stage_moves WHERE id = %s FOR UPDATE"


@pytest.fixture
def alice(environment: Environment, cast: Cast) -> Iterator[Browser]:
    with patient(environment, cast.alice.email) as browser:
        yield browser


def test_all_are_rejected_after_a_deadlock(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    """Somebody has the last of three in hand, and asks for the first."""
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(3)]
    first, second, third = (board.proposal(person, "Won").id for person in people)
    before = deadlocks(database)
    with rival(database) as gate, rival(database) as other:
        other.does(LOCK, third)
        gate.does(LOCK, second)
        body = {"throughId": str(third)}
        with asked(lambda: alice.post("/api/stage-moves/reject-all", json=body)) as answer:
            gate.holds_somebody_up()  # who rejects all has the first one
            asking = threading.Thread(target=other.does, args=(LOCK, first))
            asking.start()
            other.waits_itself()
            gate.gives_up()
            asking.join(20)
            other.gives_up()
        assert answer.result().get_json() == {"decided": 3, "waiting": 0}
    eventually(lambda: deadlocks(database) > before)
    statuses = database.rows("SELECT DISTINCT status, decided_by_id FROM stage_moves")
    assert statuses == [{"status": "REJECTED", "decided_by_id": cast.alice.id}]


def test_of_two_who_reject_all_at_once_each_is_told_their_own(
    app: Flask, cast: Cast, board: Board, alice: Browser, database: Database
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(3)]
    moves = [board.proposal(person, "Won").id for person in people]
    with rival(database) as other:
        other.does("UPDATE stage_moves SET status = 'REJECTED' WHERE id = %s", moves[0])
        body = {"throughId": str(moves[-1])}
        with asked(lambda: alice.post("/api/stage-moves/reject-all", json=body)) as answer:
            other.holds_somebody_up()
            other.commits()
        assert answer.result().get_json() == {"decided": 2, "waiting": 0}
