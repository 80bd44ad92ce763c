"""The board beside the inbox: cards open threads, long columns, odd names, small screens."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.models import Contact
from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.on_the_board import card, column, counts, drag, live, stands_in
from tests.e2e.test_contrast import TOO_FAINT
from tests.pipelines.boards import Board
from tests.stores import Database

PAGES = "**/api/stages/*/cards?*"  # of a column, after the first one


def test_a_card_opens_the_conversation_and_the_thread_shows_and_changes_the_stage(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    alice, bob = window(cast.alice, "/board"), live(window(cast.bob, "/board"))
    live(alice)
    card(alice.page, "Zelda Quill").locator(".card-link").click()
    expect(alice.page.locator("#thread-name")).to_have_text("Zelda Quill")
    expect(alice.page.locator("#stage")).to_have_value(board.id_of("New lead"))
    live(alice).select_option("#stage", label="Won")
    stands_in(bob, "Zelda Quill", "Won")
    expect(alice.page.locator("#stage-pin")).to_have_attribute("aria-pressed", "true")
    drag(bob, "Zelda Quill", "Contacted")
    expect(alice.page.locator("#stage")).to_have_value(board.id_of("Contacted"))
    alice.page.click("#stage-pin")
    expect(alice.page.locator("#stage-pin")).to_have_attribute("aria-pressed", "false")
    assert not database.value("SELECT is_pinned FROM contacts WHERE id = %s", cast.contact.id)
    alice.page.click("#stage-board")
    stands_in(alice.page, "Zelda Quill", "Contacted")


def test_a_long_column_loads_page_by_page_and_keeps_its_place(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    people: list[Contact] = []
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number:03}") for number in range(70)]
    for number, person in enumerate(people):
        board.put(person, "Lost", hours_ago=number + 1)
    alice = live(window(cast.alice, "/board"))
    counts(alice, "Lost", 70)
    names = column(alice, "Lost").locator(".card-name")
    assert names.count() < 70
    scroll = column(alice, "Lost").locator(".column-scroll")
    scroll.evaluate("async (box) => { box.scrollTop = box.scrollHeight }")
    while (before := names.count()) < 70:
        scroll.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
        expect(names).not_to_have_count(before)
    assert names.all_text_contents() == [f"Person {number:03}" for number in range(70)]
    expect(column(alice, "Lost").locator(".column-end")).to_be_hidden()


def test_who_leaves_from_far_down_is_counted_all_the_same(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number:03}") for number in range(60)]
    for number, person in enumerate(people):
        board.put(person, "Lost", hours_ago=number + 1)
    alice = live(window(cast.alice, "/board"))
    counts(alice, "Lost", 60)
    expect(card(alice, "Person 059")).to_have_count(0)
    off = {"stageId": None}
    answer = rows.sign_in(app, cast.alice).patch(f"/api/contacts/{people[-1].id}/stage", json=off)
    assert answer.status_code == 200
    counts(alice, "Lost", 59)


def test_a_column_that_is_loaded_in_part_loses_nobody_to_a_reload(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number:03}") for number in range(60)]
    for number, person in enumerate(people):
        board.put(person, "Lost", hours_ago=number + 1)
    made = window(cast.alice, "/settings/account")
    made.page.route(PAGES, lambda route: route.abort())  # else all may be there at once
    made.go(f"/board/{board.id}#k-{people[-1].id}")
    alice = live(made)
    expect(card(alice, "Person 059").locator(".card-link")).to_be_focused()
    expect(card(alice, "Person 059")).to_be_in_viewport()
    names = column(alice, "Lost").locator(".card-name")
    before = names.count()
    assert before < 60
    with alice.expect_response("**/cards?ids=*"):
        alice.evaluate("dispatchEvent(new Event('online'))")
    made.page.unroute(PAGES)
    column(alice, "Lost").get_by_role("button", name="Try again").click()
    scroll = column(alice, "Lost").locator(".column-scroll")
    while names.count() < 60:
        before = names.count()
        scroll.evaluate("(box) => { box.scrollTop = 0 }")
        scroll.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
        expect(names).not_to_have_count(before)
    assert names.all_text_contents() == [f"Person {number:03}" for number in range(60)]


def test_a_page_of_a_column_that_does_not_come_can_be_asked_for_again(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number:03}") for number in range(20)]
    for number, person in enumerate(people):
        board.put(person, "Lost", hours_ago=number + 1)
    made = window(cast.bob, "/settings/account")
    made.page.route(PAGES, lambda route: route.abort())
    with app.app_context():
        for person in people:
            rows.conversation(person, assignee=cast.bob)
    made.go("/board")
    bob = live(made)
    names = column(bob, "Lost").locator(".card-name")
    again = column(bob, "Lost").get_by_role("button", name="Try again")
    column(bob, "Lost").locator(".column-scroll").evaluate("(b) => { b.scrollTop = 9999 }")
    expect(again).to_be_visible()
    before = names.count()
    assert before < 20
    made.page.unroute(PAGES)
    again.click()
    expect(names).to_have_count(20)


def test_script_in_names_and_summaries_is_text(
    app: Flask, cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    """Attack 1 of the trust page."""
    database.rows(
        "UPDATE contacts SET name = %s, summary = %s WHERE id = %s",
        "<img src=x onerror=alert(1)>Zed",
        "<script>alert(2)</script>wants cake",
        cast.contact.id,
    )
    database.rows("UPDATE pipeline_stages SET description = %s", '"><b onclick=alert(3)>')
    alice = live(window(cast.alice, "/board"))
    expect(card(alice, "Zed").locator(".card-name")).to_have_text("<img src=x onerror=alert(1)>Zed")
    expect(card(alice, "Zed")).to_contain_text("<script>alert(2)</script>wants cake")
    drag(alice, "Zed", "Won")  # painted again, by the scripts
    expect(card(alice, "Zed")).to_contain_text("<script>alert(2)</script>wants cake")
    assert (
        alice.evaluate("document.querySelectorAll('.board img, .board script, .board b').length")
        == 0
    )


def test_a_finger_that_rests_on_a_card_carries_it_to_a_column_beyond_the_edge(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = window(cast.alice, "/board", width=360)
    page = live(alice)
    touch = alice.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    box = card(page, "Zelda Quill").bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 30
    finger("touchStart", (x, y))
    page.wait_for_timeout(400)  # what is tried here is that it rests
    finger("touchMove", (x + 10, y + 4))
    expect(page.locator(".board[data-dragging]")).to_be_visible()
    contacted = column(page, "Contacted")
    step = itertools.count()

    def stay_at(x: float, condition: Callable[[], object]) -> None:
        """A finger is never quite still."""

        def moved() -> object:
            finger("touchMove", (x + next(step) % 2, y + 60))
            return condition()

        alice.until(moved)

    stay_at(340, lambda: (contacted.bounding_box() or box)["x"] < 200)
    stay_at(250, lambda: contacted.locator(".is-gap").count() == 1)
    finger("touchEnd")
    stands_in(page, "Zelda Quill", "Contacted")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_board_fits_and_can_be_read(
    cast: Cast, window: OpenWindow, board: Board, width: int, dark: bool
) -> None:
    made = window(cast.alice, "/board", width=width, dark=dark)
    live(made)
    assert made.measure("document.documentElement.scrollWidth") <= width
    assert made.measure(TOO_FAINT) == []
    card(made.page, "Zelda Quill").get_by_role("button").click()
    assert made.measure(TOO_FAINT) == []
    for button in made.page.locator(".move-choice:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
