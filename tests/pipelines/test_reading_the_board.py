"""What the board answers: columns, pages, counts, and whose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from inbox.models import Contact, Conversation, Platform, User
from inbox.models import board as boards
from tests import cast as rows
from tests.cast import Browser, Cast, sign_in
from tests.pipelines.boards import Board
from tests.stores import Database


def columns(browser: Browser, board: Board) -> dict[str, Any]:
    answer = browser.get(f"/api/pipelines/{board.id}/board").get_json()
    return {column["name"]: column for column in answer["columns"]}


def test_it_works(cast: Cast, ada: Contact, board: Board, alice: Browser) -> None:
    found = columns(alice, board)
    assert list(found) == ["New lead", "Contacted", "Qualified", "Proposal", "Won", "Lost"]
    assert [found[name]["count"] for name in found] == [1, 1, 0, 0, 0, 0]
    (zelda,) = found["New lead"]["cards"]
    assert zelda["contact"]["name"] == "Zelda Quill"
    assert zelda["conversationId"] == str(cast.conversation.id)
    assert zelda["assignee"] == {"id": str(cast.bob.id), "name": "Bob"}
    assert zelda["stageId"] == board.id_of("New lead")
    assert "Zelda Quill" in zelda["html"]
    assert found["New lead"]["nextCursor"] is None


def test_a_stage_is_read_page_by_page_and_nobody_twice(
    app: Flask, cast: Cast, board: Board, alice: Browser
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(40)]
    for number, person in enumerate(people):
        board.put(person, "Won", hours_ago=number + 1)
    first = columns(alice, board)["Won"]
    assert first["count"] == 40
    names = [card["contact"]["name"] for card in first["cards"]]
    assert len(names) == 10
    cursor = first["nextCursor"]
    while cursor:
        # Somebody who comes in meanwhile shifts nothing.
        board.put(cast.contact, "Won", hours_ago=0)
        answer = alice.get(
            f"/api/stages/{board.id_of('Won')}/cards?limit=11&cursor={cursor}"
        ).get_json()
        names += [card["contact"]["name"] for card in answer["items"]]
        cursor = answer["nextCursor"]
    assert names == [f"Person {number}" for number in range(40)]


def test_who_leaves_a_stage_while_it_is_read_does_not_end_it(  # noqa: PLR0917 - the cast
    app: Flask,
    cast: Cast,
    board: Board,
    alice: Browser,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(20)]
    for number, person in enumerate(people):
        board.put(person, "Won", hours_ago=number + 1)
    look = boards.cards

    def leave_and_look(ids: Iterable[int], user: User) -> list[boards.Card]:
        found = list(ids)
        database.rows(
            "UPDATE contacts SET stage_id = %s WHERE id = ANY(%s) AND id <= %s",
            int(board.id_of("Lost")), found, people[9].id,
        )  # fmt: skip
        return look(found, user)

    monkeypatch.setattr(boards, "cards", leave_and_look)
    first = columns(alice, board)["Won"]
    assert first["cards"] == []
    path = f"/api/stages/{board.id_of('Won')}/cards?limit=10&cursor={first['nextCursor']}"
    names = [card["contact"]["name"] for card in alice.get(path).get_json()["items"]]
    assert names == [f"Person {number}" for number in range(10, 20)]


def test_an_agents_board_is_theirs_in_every_answer(
    cast: Cast, ada: Contact, board: Board, alice: Browser, bob: Browser
) -> None:
    """Attack 3 of the trust page."""
    charlie = sign_in(board.app, cast.charlie)
    some = f"/api/pipelines/{board.id}/cards?ids={ada.id},{cast.contact.id}"
    stage = f"/api/stages/{board.id_of('Contacted')}/cards"
    assert len(alice.get(some).get_json()["items"]) == 2
    assert len(alice.get(stage).get_json()["items"]) == 1
    for agent, names, total in ((bob, ["Zelda Quill"], 1), (charlie, [], 0)):
        for path in (some, stage, f"/api/pipelines/{board.id}/board", "/board"):
            assert "Ada Lovelace" not in agent.get(path).text, path
        answer = agent.get(some).get_json()
        assert [card["contact"]["name"] for card in answer["items"]] == names
        assert sum(answer["counts"].values()) == total
        assert sum(column["count"] for column in columns(agent, board).values()) == total
        assert answer["waiting"] == 0


def test_cards_are_asked_for_by_ids_and_by_nothing_else(
    cast: Cast, board: Board, alice: Browser
) -> None:
    path = f"/api/pipelines/{board.id}/cards?ids="
    assert alice.get(path).get_json()["items"] == []
    for nonsense in ("x", "1;2", "-1", "1 OR 1=1", ",".join(["1"] * 101), "9" * 30):
        assert alice.get(path + nonsense).status_code == 422, nonsense


def test_a_card_shows_the_conversation_that_whoever_looks_may_see(
    app: Flask, cast: Cast, board: Board, alice: Browser, bob: Browser
) -> None:
    """One person on both platforms, of whom Bob holds only the older conversation."""
    with app.app_context():
        rows.insert(_other_conversation(cast))
    newest = columns(alice, board)["New lead"]["cards"][0]["conversationId"]
    assert newest != str(cast.conversation.id)
    assert columns(bob, board)["New lead"]["cards"][0]["conversationId"] == str(
        cast.conversation.id
    )


def _other_conversation(cast: Cast) -> Conversation:
    return Conversation(
        organization_id=cast.organization.id,
        facebook_page_id=cast.page.id,
        contact_id=cast.contact.id,
        platform=Platform.INSTAGRAM,
        last_message_at=datetime.now(UTC) + timedelta(minutes=1),
    )
