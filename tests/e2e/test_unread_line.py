"""The "new messages" line stands where the team stopped reading, however long ago."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.history import write_history
from tests.e2e.window import Window
from tests.stores import Database

BELOW = """[...document.querySelectorAll(".unread-line ~ .message")]
  .filter((bubble) => bubble.dataset.direction === "INCOMING").length"""
SCROLL_UP = "() => { document.getElementById('thread-scroll').scrollTop = 0; }"


def page_up(window: Window) -> None:
    before = window.bubbles.count()
    begin = window.page.locator(".thread-begin")
    window.page.evaluate(SCROLL_UP)
    window.until(lambda: window.bubbles.count() > before or begin.is_visible())


def test_the_line_goes_up_with_older_messages_as_far_as_they_were_unread(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    write_history(database, cast.conversation, 150)
    unread = 90
    database.rows(
        "UPDATE conversations SET unread_count = %s WHERE id = %s", unread, cast.conversation.id
    )
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.page.locator(".unread-line")).to_have_count(1)
    assert bob.measure(BELOW) < unread  # the rest has not been loaded
    while bob.page.locator(".thread-begin").is_hidden():
        page_up(bob)
    expect(bob.bubbles).to_have_count(151)
    expect(bob.page.locator(".unread-line")).to_have_count(1)
    assert bob.measure(BELOW) == unread
