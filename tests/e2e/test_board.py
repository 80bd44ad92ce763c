"""The board in browsers: cards are moved by pointer, keyboard and menu, and everybody sees it."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.on_the_board import card, counts, drag, live, stands_in
from tests.pipelines.boards import Board
from tests.stores import Database


def hold_moves(page: Page) -> list[Route]:
    """Moves that this page asks for wait here, until they are continued."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/api/contacts/*/stage", keep)
    return held


def test_a_card_that_is_dragged_moves_in_every_browser_and_is_pinned(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    alice, bob = live(window(cast.alice, "/board")), live(window(cast.bob, "/board"))
    stands_in(bob, "Zelda Quill", "New lead")
    drag(alice, "Zelda Quill", "Qualified")
    for page in (alice, bob):
        stands_in(page, "Zelda Quill", "Qualified")
        counts(page, "New lead", 0)
        counts(page, "Qualified", 1)
        expect(card(page, "Zelda Quill").locator(".card-pin")).to_be_visible()
    assert alice.url.endswith("/board")  # the drop was no click on the card
    (row,) = database.rows("SELECT * FROM contacts WHERE id = %s", cast.contact.id)
    assert str(row["stage_id"]) == board.id_of("Qualified")
    assert row["is_pinned"]
    (activity,) = database.rows("SELECT * FROM contact_activities")
    assert activity["user_id"] == cast.alice.id
    assert activity["details"]["from"]["name"] == "New lead"
    assert activity["details"]["to"]["name"] == "Qualified"


def test_undo_puts_a_card_back_by_its_button_and_by_ctrl_z(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    entered = database.value("SELECT stage_entered_at FROM contacts WHERE id = %s", cast.contact.id)
    alice = live(window(cast.alice, "/board"))
    drag(alice, "Zelda Quill", "Proposal")
    stands_in(alice, "Zelda Quill", "Proposal")
    alice.get_by_role("button", name="Undo").click()
    stands_in(alice, "Zelda Quill", "New lead")
    counts(alice, "Proposal", 0)
    drag(alice, "Zelda Quill", "Won")
    expect(alice.get_by_text("Zelda Quill moved to Won")).to_be_visible()
    alice.keyboard.press("Control+z")
    stands_in(alice, "Zelda Quill", "New lead")
    expect(card(alice, "Zelda Quill").locator(".card-pin")).to_have_count(0)
    (row,) = database.rows("SELECT * FROM contacts WHERE id = %s", cast.contact.id)
    assert row["stage_entered_at"] == entered
    assert not row["is_pinned"]


def test_keys_walk_between_cards_move_them_and_keep_the_focus(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = live(window(cast.alice, "/board"))
    alice.keyboard.press("ArrowDown")
    focused = alice.locator(".board-card:focus-within")
    expect(focused).to_contain_text("Zelda Quill")
    alice.keyboard.press("ArrowRight")
    expect(focused).to_contain_text("Ada Lovelace")
    alice.keyboard.press("Shift+ArrowRight")
    stands_in(alice, "Ada Lovelace", "Qualified")
    expect(card(alice, "Ada Lovelace").locator(".card-pin")).to_be_visible()
    expect(focused).to_contain_text("Ada Lovelace")
    alice.keyboard.press("m")
    menu = alice.get_by_role("dialog", name="Move Ada Lovelace to")
    expect(menu.locator("[aria-current]")).to_contain_text("Qualified")
    menu.get_by_role("button", name="Lost").focus()
    alice.keyboard.press("Enter")
    stands_in(alice, "Ada Lovelace", "Lost")
    expect(focused).to_contain_text("Ada Lovelace")


def test_the_menu_unpins_a_card_and_takes_it_off_the_board(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    alice = live(window(cast.alice, "/board"))
    drag(alice, "Zelda Quill", "Contacted")
    expect(card(alice, "Zelda Quill").locator(".card-pin")).to_be_visible()
    card(alice, "Zelda Quill").get_by_role("button").click()
    alice.get_by_role("button", name="Unpin").click()
    expect(card(alice, "Zelda Quill").locator(".card-pin")).to_have_count(0)
    card(alice, "Zelda Quill").get_by_role("button").click()
    alice.get_by_role("button", name="Take off the board").click()
    expect(card(alice, "Zelda Quill")).to_have_count(0)
    alice.get_by_role("button", name="Undo").last.click()
    stands_in(alice, "Zelda Quill", "Contacted")
    counts(alice, "Contacted", 2)
    types = [
        row["type"] for row in database.rows("SELECT type FROM contact_activities ORDER BY id")
    ]
    assert types == ["STAGE_CHANGED", "UNPINNED", "STAGE_CHANGED", "STAGE_CHANGED"]


def test_an_agent_sees_and_counts_only_cards_of_contacts_they_hold(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice, bob = live(window(cast.alice, "/board")), live(window(cast.bob, "/board"))
    charlie = live(window(cast.charlie, "/board"))
    expect(alice.locator(".board-card")).to_have_count(2)
    expect(bob.locator(".board-card")).to_have_count(1)
    counts(bob, "Contacted", 0)
    expect(charlie.locator(".board-card")).to_have_count(0)
    expect(charlie.locator("#board-none")).to_be_visible()
    drag(alice, "Ada Lovelace", "Won")
    stands_in(alice, "Ada Lovelace", "Won")
    expect(bob.get_by_role("link", name="Review")).to_have_count(0)
    # Zelda is handed to Charlie: her card goes from one board to the other.
    answer = rows.sign_in(app, cast.alice).patch(
        f"/api/conversations/{cast.conversation.id}", json={"assigneeId": str(cast.charlie.id)}
    )
    assert answer.status_code == 200
    stands_in(charlie, "Zelda Quill", "New lead")
    counts(charlie, "New lead", 1)
    expect(card(bob, "Zelda Quill")).to_have_count(0)
    counts(bob, "New lead", 0)
    expect(card(alice, "Zelda Quill")).to_contain_text("Charlie")
    expect(bob.get_by_text("Ada Lovelace")).to_have_count(0)


def test_two_people_who_move_one_card_both_see_where_the_last_one_put_it(
    cast: Cast, window: OpenWindow, board: Board, database: Database
) -> None:
    alice, bob = live(window(cast.alice, "/board")), live(window(cast.bob, "/board"))
    held = hold_moves(alice)
    drag(alice, "Zelda Quill", "Proposal")
    stands_in(alice, "Zelda Quill", "Proposal")  # on her screen; the server has not heard of it
    drag(bob, "Zelda Quill", "Lost")
    expect(bob.get_by_text("Zelda Quill moved to Lost")).to_be_visible()
    held[0].continue_()
    for page in (alice, bob):
        stands_in(page, "Zelda Quill", "Proposal")
        counts(page, "Lost", 0)
    second = database.rows("SELECT details FROM contact_activities ORDER BY id")[1]["details"]
    assert (second["from"]["name"], second["to"]["name"]) == ("Lost", "Proposal")


def test_a_card_on_its_way_does_not_jump_back_when_the_columns_are_loaded_anew(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = live(window(cast.alice, "/board"))
    held = hold_moves(alice)
    drag(alice, "Zelda Quill", "Proposal")
    with alice.expect_response("**/board") as answer:
        alice.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.json()["columns"][0]["count"] == 1  # the server knows nothing of the move
    counts(alice, "New lead", 1)
    stands_in(alice, "Zelda Quill", "Proposal")
    held[0].continue_()
    expect(alice.get_by_text("Zelda Quill moved to Proposal")).to_be_visible()
    counts(alice, "New lead", 0)
    stands_in(alice, "Zelda Quill", "Proposal")


def test_after_a_reconnect_the_columns_are_as_they_are_elsewhere(
    app: Flask, cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = window(cast.alice, "/board")
    page = live(alice)
    alice.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible()
    board.put(cast.contact, "Won", hours_ago=0)
    with app.app_context():
        late = rows.contact(cast.page, "Late Larry")
    board.put(late, "Proposal")
    alice.context.set_offline(False)
    stands_in(page, "Zelda Quill", "Won")
    stands_in(page, "Late Larry", "Proposal")
    counts(page, "New lead", 0)
    counts(page, "Proposal", 1)
    expect(page.locator("#connection")).to_be_hidden()


def test_a_card_that_could_not_be_moved_goes_back_and_says_why(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = live(window(cast.alice, "/board"))
    refusal = {"error": {"code": "invalid", "message": "This stage has just been deleted."}}
    alice.route("**/api/contacts/*/stage", lambda route: route.fulfill(status=422, json=refusal))
    drag(alice, "Zelda Quill", "Won")
    expect(alice.get_by_text("This stage has just been deleted.")).to_be_visible()
    stands_in(alice, "Zelda Quill", "New lead")
    counts(alice, "Won", 0)
    counts(alice, "New lead", 1)
