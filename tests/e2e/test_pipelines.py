"""Settings → Pipelines and the review queue in a browser."""

from __future__ import annotations

from itertools import cycle

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from inbox.models import Contact
from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.on_the_board import counts, live, stands_in
from tests.e2e.test_contrast import TOO_FAINT
from tests.pipelines.boards import Board
from tests.stores import Database

PATH = "/settings/pipelines"


def stages(page: Page) -> list[str]:
    return page.locator(".stage-row:not(.is-carried) strong").all_text_contents()


def test_stages_are_put_in_order_by_key_and_by_pointer(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    alice = window(cast.alice, PATH)
    handle = alice.page.get_by_role("button", name="Order of Qualified")
    handle.focus()
    alice.page.keyboard.press("ArrowUp")
    alice.page.keyboard.press("ArrowUp")
    expect(alice.page.get_by_text("Order saved")).to_be_visible()
    expect(handle).to_be_focused()
    assert stages(alice.page)[:3] == ["Qualified", "New lead", "Contacted"]
    above = alice.page.get_by_role("button", name="Order of Lost").bounding_box()
    first = handle.bounding_box()
    assert above is not None
    assert first is not None
    alice.page.mouse.move(above["x"] + 10, above["y"] + 10)
    alice.page.mouse.down()
    alice.page.mouse.move(above["x"] + 10, above["y"] - 20, steps=4)
    alice.page.mouse.move(first["x"] + 10, first["y"] - 18, steps=12)

    heights = cycle([6, 4, 2, 4])  # a hand does not stand still while rows make room

    def is_first() -> bool:
        alice.page.mouse.move(first["x"] + 10, first["y"] + next(heights))
        return stages(alice.page)[:2] == ["Lost", "Qualified"]

    alice.until(is_first)
    alice.page.mouse.up()
    expect(alice.page.get_by_text("Order saved")).to_have_count(2)
    found = database.rows("SELECT name FROM pipeline_stages ORDER BY position")
    assert [row["name"] for row in found] == stages(alice.page)


def test_a_stage_is_edited_in_its_place_and_open_boards_follow(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice, bob = window(cast.alice, PATH), live(window(cast.bob, "/board"))
    alice.page.get_by_role("button", name="Edit Contacted").click()
    alice.page.locator(".stage-form:visible [name=name]").fill("Won")
    alice.page.locator(".stage-form:visible").get_by_text("Save").click()
    expect(alice.page.locator(".stage-fault:visible")).to_have_text(
        "There is a stage of this name already."
    )
    alice.page.locator(".stage-form:visible [name=name]").fill("In touch")
    alice.page.locator(".stage-form:visible [name=description]").fill("They\nrang the bell")
    alice.page.locator(".stage-form:visible").get_by_text("Save").click()
    expect(alice.page.locator("span", has_text="They rang the bell")).to_be_visible()
    expect(alice.page.get_by_role("button", name="Edit In touch")).to_be_focused()
    stands_in(bob, "Zelda Quill", "New lead")
    expect(bob.get_by_role("heading", name="In touch")).to_be_visible()


def test_deleting_a_stage_asks_where_its_contacts_go(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = window(cast.alice, PATH)
    alice.page.get_by_role("button", name="Delete New lead").click()
    dialog = alice.page.get_by_role("dialog", name="Delete the stage New lead?")
    expect(dialog).to_contain_text("1 contact stands there")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_visible()  # it asks first
    dialog.get_by_label("Where do its contacts go?").select_option(label="Proposal")
    with alice.page.expect_navigation():
        dialog.get_by_role("button", name="Delete").click()
    assert stages(alice.page) == ["Contacted", "Qualified", "Proposal", "Won", "Lost"]
    alice.go("/board")
    stands_in(alice.page, "Zelda Quill", "Proposal")


def test_a_pipeline_is_made_renamed_filled_and_deleted(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = window(cast.alice, PATH)
    alice.page.get_by_label("New pipeline", exact=True).fill("After sales")
    with alice.page.expect_navigation():
        alice.page.get_by_role("button", name="Create").click()
    card = alice.page.locator(".pipeline", has_text="After sales")
    card.get_by_label("New stage in After sales").fill("Repair")
    with alice.page.expect_navigation():
        card.get_by_role("button", name="Add").click()
    expect(card.locator(".stage-row strong")).to_have_text(["New", "Repair", "Won", "Lost"])
    card.get_by_role("button", name="Change After sales").click()
    card.get_by_role("button", name="Rename").click()
    alice.page.get_by_role("dialog").get_by_label("Name").fill("Care")
    with alice.page.expect_navigation():
        alice.page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    alice.go("/board")
    alice.page.get_by_label("Pipeline", exact=True).select_option(label="Care")
    expect(alice.page.get_by_role("heading", name="Repair")).to_be_visible()
    bob = live(window(cast.bob, alice.page.url.removeprefix(alice.url)))
    expect(bob.get_by_role("heading", name="Repair")).to_be_visible()
    alice.go(PATH)
    card = alice.page.locator(".pipeline", has_text="Care")
    card.get_by_role("button", name="Change Care").click()
    card.get_by_role("button", name="Delete", exact=True).click()
    with alice.page.expect_navigation():
        alice.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(alice.page.locator(".pipeline")).to_have_count(1)
    stands_in(bob, "Zelda Quill", "New lead")  # he is led to the board that is left


def test_the_review_queue_is_worked_through_and_the_board_follows(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    people: list[Contact] = []
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(4)]
    for person in people:
        board.put(person, "New lead")
        board.proposal(person, "Qualified", confidence=30)
    alice, review = live(window(cast.alice, "/board")), window(cast.alice, "/board/review")
    expect(alice.locator("#waiting")).to_have_text("4")
    row = review.page.locator(".review-move", has_text="Person 3")
    expect(row).to_contain_text("They asked for the price twice.")
    row.get_by_role("button", name="Accept").dblclick()
    expect(review.page.get_by_text("Person 3: accepted")).to_be_visible()
    stands_in(alice, "Person 3", "Qualified")
    expect(alice.locator("#waiting")).to_have_text("3")
    expect(review.page.locator(".review-move", has_text="Person 2")).to_contain_text("30 % sure")
    review.page.get_by_label("Another stage for Person 2").select_option(label="Lost")
    stands_in(alice, "Person 2", "Lost")
    review.page.locator(".review-move", has_text="Person 1").get_by_text("Reject").click()
    expect(review.page.locator(".review-move")).to_have_count(1)
    review.page.get_by_role("button", name="Accept all").click()
    expect(review.page.get_by_role("heading", name="Accept 1 move?")).to_be_visible()
    review.page.get_by_role("dialog").get_by_role("button", name="Accept all").click()
    expect(review.page.get_by_text("Nothing waits for you")).to_be_visible()
    stands_in(alice, "Person 0", "Qualified")
    stands_in(alice, "Person 1", "New lead")
    expect(alice.locator("#waiting")).to_be_hidden()


def test_a_batch_of_ai_moves_is_undone_from_the_review_page(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    run = board.run(cast.organization, moved=1)
    board.moved_by_ai(run, cast.contact, "Won")
    alice, review = live(window(cast.alice, "/board")), window(cast.alice, "/board/review")
    stands_in(alice, "Zelda Quill", "Won")
    review.page.get_by_role("button", name="Undo").click()
    review.page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(review.page.get_by_text("1 contact is back")).to_be_visible()
    expect(review.page.locator(".review-undone")).to_have_text("Undone")
    stands_in(alice, "Zelda Quill", "New lead")
    counts(alice, "Won", 0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_settings_and_review_fit_and_can_be_read(
    cast: Cast, window: OpenWindow, board: Board, width: int, dark: bool
) -> None:
    board.proposal(cast.contact, "Qualified")
    board.run(cast.organization, moved=12)
    made = window(cast.alice, PATH, width=width, dark=dark)
    made.page.get_by_role("button", name="Edit Contacted").click()
    assert made.measure("document.documentElement.scrollWidth") <= width
    assert made.measure(TOO_FAINT) == []
    made.page.get_by_role("button", name="Delete New lead").click()
    assert made.measure(TOO_FAINT) == []
    made.go("/board/review")
    assert made.measure("document.documentElement.scrollWidth") <= width
    assert made.measure(TOO_FAINT) == []
