"""The notes at the bottom of the board say what holds now."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.on_the_board import drag, live, stands_in
from tests.pipelines.boards import Board


def test_a_move_that_was_taken_back_offers_no_undo_any_more(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = live(window(cast.alice, "/board"))
    drag(alice, "Zelda Quill", "Won")
    expect(alice.get_by_role("button", name="Undo")).to_have_count(1)
    alice.keyboard.press("Control+z")
    stands_in(alice, "Zelda Quill", "New lead")
    expect(alice.get_by_text("Zelda Quill is back in New lead")).to_be_visible()
    expect(alice.get_by_role("button", name="Undo")).to_have_count(0, timeout=1000)
    expect(alice.get_by_text("Zelda Quill moved to Won")).to_have_count(0, timeout=1000)
