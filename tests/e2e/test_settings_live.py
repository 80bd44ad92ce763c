"""Settings → Pipelines and the review queue follow what others do, and lose nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Route, expect

from inbox.models import Role
from tests import cast as rows
from tests.api.seats import Seat
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_contrast import TOO_FAINT
from tests.e2e.window import Window
from tests.pipelines.boards import Board
from tests.processes import Web

PATH = "/settings/pipelines"


@pytest.fixture
def eve(app: Flask, cast: Cast, live: Web) -> Iterator[Seat]:
    """Another admin."""
    with app.app_context():
        other = rows.user(cast.organization, "Eve", Role.ADMIN)
    with Seat.of(other, app, live.url) as seat:
        yield seat


def stays(window: Window) -> Window:
    """A page that is loaded again forgets this."""
    window.page.wait_for_selector("html[data-live]")
    window.page.evaluate("window.isTheSame = true")
    return window


def is_the_same(window: Window) -> bool:
    return bool(window.measure("window.isTheSame === true"))


def test_what_another_admin_changes_comes_in_place(
    cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    alice = stays(window(cast.alice, PATH))
    page = alice.page
    page.get_by_role("button", name="Delete Proposal").focus()
    eve.patch(f"stages/{board.id_of('Contacted')}", {"name": "In touch", "colour": "#123456"})
    expect(page.get_by_role("button", name="Edit In touch")).to_be_visible()
    expect(page.get_by_role("button", name="Delete Proposal")).to_be_focused()
    assert eve.ask("DELETE", f"stages/{board.id_of('New lead')}?moveTo=none").status_code == 200
    expect(page.get_by_role("button", name="Edit New lead")).to_have_count(0)
    assert eve.ask("POST", "pipelines", json={"name": "After sales"}).status_code == 201
    expect(page.get_by_role("heading", name="After sales")).to_be_visible()
    expect(page.locator(".page-news")).to_be_hidden()
    # What came is worked with as what was there.
    page.get_by_role("button", name="Order of Lost").first.press("ArrowUp")
    expect(page.get_by_text("Order saved")).to_be_visible()
    page.get_by_role("button", name="Delete Proposal").click()
    dialog = page.get_by_role("dialog", name="Delete the stage Proposal?")
    dialog.get_by_role("button", name="Cancel").click()
    assert is_the_same(alice)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_who_is_typing_keeps_it_and_is_told(
    cast: Cast, window: OpenWindow, board: Board, eve: Seat, dark: bool
) -> None:
    alice = stays(window(cast.alice, PATH, width=360, dark=dark))
    page = alice.page
    page.get_by_role("button", name="Edit Qualified").click()
    name = page.locator(".stage-form:visible [name=name]")
    name.fill("Nearly mi")
    eve.patch(f"stages/{board.id_of('Contacted')}", {"name": "In touch"})
    expect(page.get_by_text("This page has changed.")).to_be_visible()
    expect(name).to_have_value("Nearly mi")
    expect(name).to_be_focused()
    assert alice.measure(TOO_FAINT) == []
    assert alice.measure("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Edit In touch")).to_be_visible()
    expect(page.get_by_text("This page has changed.")).to_be_hidden()
    assert is_the_same(alice)
    page.get_by_label("New stage in Sales").fill("Half a na")
    eve.patch(f"stages/{board.id_of('Won')}", {"name": "Sold"})
    expect(page.get_by_text("This page has changed.")).to_be_visible()
    expect(page.get_by_label("New stage in Sales")).to_have_value("Half a na")
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("button", name="Edit Sold")).to_be_visible()


def test_what_one_saves_oneself_is_no_news(
    cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    alice = stays(window(cast.alice, PATH))
    page = alice.page
    page.get_by_label("New stage in Sales").fill("Half a na")
    page.get_by_role("button", name="Edit Contacted").click()
    page.locator(".stage-form:visible [name=name]").fill("In touch")
    with page.expect_response(lambda answer: answer.url.endswith(PATH)):
        page.locator(".stage-form:visible").get_by_text("Save").click()
        expect(page.get_by_role("button", name="Edit In touch")).to_be_focused()
    eve.ear.waits_for("pipeline_updated")
    expect(page.locator(".page-news")).to_be_hidden()
    expect(page.get_by_label("New stage in Sales")).to_have_value("Half a na")


def test_the_review_queue_follows_what_others_decide_and_what_the_ai_proposes(
    app: Flask, cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    with app.app_context():
        people = [rows.contact(cast.page, f"Person {number}") for number in range(4)]
    for person in people:
        board.put(person, "New lead")
    run = board.run(cast.organization, moved=0)
    first, second, third = (board.proposal(person, "Qualified", run=run) for person in people[:3])
    alice = stays(window(cast.alice, "/board/review"))
    page = alice.page
    moves = page.locator(".review-move")
    expect(moves).to_have_count(3)
    page.locator(".review-move", has_text="Person 1").get_by_text("Reject").focus()
    eve.post(f"stage-moves/{first.id}/accept")
    expect(page.locator(".review-move", has_text="Person 0")).to_have_count(0)
    expect(page.locator(".review-all .row-badge")).to_have_text("2")
    expect(page.get_by_text("1 contact moved")).to_be_visible()
    rejecting = page.locator(".review-move", has_text="Person 1").get_by_text("Reject")
    expect(rejecting).to_be_focused()
    board.proposal(people[3], "Won")
    eve.patch(f"contacts/{people[3].id}", {"company": "Quills"})  # any news of a contact is a hint
    expect(moves).to_have_count(3)
    expect(moves.first).to_contain_text("Person 3")
    expect(rejecting).to_be_focused()
    eve.post(f"stage-moves/{second.id}/reject")
    expect(page.locator(".review-move", has_text="Person 1")).to_have_count(0)
    accepting = page.locator(".review-move", has_text="Person 2").get_by_text("Accept")
    expect(accepting).to_be_focused()
    # All that is seen, and nothing that has come since the question was asked.
    page.get_by_role("button", name="Accept all").click()
    late = board.proposal(people[1], "Won")
    page.get_by_role("dialog").get_by_role("button", name="Accept all").click()
    expect(moves).to_have_count(1)
    assert moves.get_attribute("data-move") == str(late.id)
    assert third.id < late.id


def test_a_row_in_which_somebody_chooses_stays_the_same(
    app: Flask, cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    board.proposal(cast.contact, "Qualified")
    alice = stays(window(cast.alice, "/board/review"))
    row = alice.page.locator(".review-move")
    row.evaluate("row => { row.isTheSame = true; }")
    eve.patch(f"contacts/{cast.contact.id}", {"company": "Quills"})
    with alice.page.expect_response(lambda answer: answer.url.endswith("/board/review")):
        eve.patch(f"contacts/{cast.contact.id}", {"company": "Quills and more"})
    assert row.evaluate("row => row.isTheSame") is True
    eve.patch(f"contacts/{cast.contact.id}", {"name": "Zelda Q."})
    expect(row).to_contain_text("Zelda Q.")
    assert is_the_same(alice)


def test_a_page_that_was_read_before_ones_own_change_does_not_undo_it(
    cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    alice = stays(window(cast.alice, PATH))
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))

    alice.page.route(f"**{PATH}", hold, times=1)
    eve.patch(f"stages/{board.id_of('Contacted')}", {"name": "In touch"})
    alice.until(lambda: held)
    alice.page.get_by_role("button", name="Order of Qualified").press("ArrowUp")
    expect(alice.page.get_by_text("Order saved")).to_be_visible()
    route, old = held[0]
    assert old.text().index("Order of In touch") < old.text().index("Order of Qualified")
    route.fulfill(response=old)
    expect(alice.page.locator(".stage-row strong", has_text="In touch")).to_be_visible()
    names = alice.page.locator(".stage-row strong").all_text_contents()
    assert names[:3] == ["New lead", "Qualified", "In touch"]


def test_news_does_not_move_the_rows_while_one_is_carried(
    cast: Cast, window: OpenWindow, board: Board, eve: Seat
) -> None:
    alice = stays(window(cast.alice, PATH))
    handle = alice.page.get_by_role("button", name="Order of Contacted")
    box = handle.bounding_box()
    assert box is not None
    alice.page.mouse.move(box["x"] + 10, box["y"] + 10)
    alice.page.mouse.down()
    alice.page.mouse.move(box["x"] + 10, box["y"] + 2, steps=4)
    expect(alice.page.locator(".is-carried")).to_be_visible()
    top = alice.measure("document.querySelector('.stage-list').getBoundingClientRect().top")
    for name in ("Going", "Gone"):  # when the second is read the first has had its effect
        with alice.page.expect_response(f"**{PATH}"):
            eve.patch(f"stages/{board.id_of('Lost')}", {"name": name})
    assert alice.measure("document.querySelector('.stage-list').getBoundingClientRect().top") == top
    expect(alice.page.locator(".is-carried")).to_be_visible()
    expect(alice.page.locator(".page-news")).to_be_hidden()
    alice.page.mouse.up()
    expect(alice.page.locator(".stage-row strong", has_text="Gone")).to_be_visible()
