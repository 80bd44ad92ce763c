"""A conversation that could not be loaded: nothing of another one's stands above it."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.window import Window

THREADS = "**/api/conversations/*/messages**"
SUGGEST = '[data-help="REPLY"]'
CONTROLS = ("#assignee", "#status", "#resolve", "#contact-toggle", SUGGEST, "#reply", "#send")


@pytest.fixture
def bob(app: Flask, cast: Cast, window: OpenWindow) -> Window:
    """Has Zelda's conversation open, with a draft for her; Yusuf's stands beside it."""
    with app.app_context():
        yusuf = rows.conversation(rows.contact(cast.page, "Yusuf Aydın"), assignee=cast.bob)
        rows.message(yusuf, "Good morning")
    made = window(cast.bob, f"/inbox/{cast.conversation.id}")
    made.page.fill("#reply", "For Zelda")
    return made


def test_a_failed_load_shows_its_own_head_and_nothing_to_press(bob: Window) -> None:
    bob.page.route(THREADS, lambda route: route.abort())
    bob.row("Yusuf Aydın").click()
    expect(bob.page.locator("#thread-error")).to_be_visible()
    expect(bob.page.locator("#thread-name")).to_have_text("Yusuf Aydın")
    for control in CONTROLS:
        expect(bob.page.locator(control)).to_be_disabled()
    expect(bob.page.locator("#reply")).to_have_value("")
    bob.measure("document.getElementById('resolve').click()")
    bob.open("Zelda Quill")
    expect(bob.page.locator("#thread-error")).to_be_visible()
    expect(bob.page.locator("#reply")).to_have_value("For Zelda")
    bob.page.unroute(THREADS)
    expect(bob.bubble("marzipan")).to_be_visible()


def test_a_failed_load_is_tried_again_until_it_succeeds(bob: Window) -> None:
    tries: list[object] = []

    def fail_twice(route: object) -> None:
        tries.append(route)
        route.fulfill(status=500) if len(tries) < 3 else route.continue_()  # type: ignore[attr-defined]

    bob.page.route(THREADS, fail_twice)
    bob.row("Yusuf Aydın").click()
    expect(bob.page.locator("#thread-error")).to_be_visible()
    expect(bob.bubble("Good morning")).to_be_visible(timeout=15_000)
    expect(bob.page.locator("#thread-error")).to_be_hidden()
    for control in CONTROLS[:-1]:
        expect(bob.page.locator(control)).to_be_enabled()


def test_what_was_opened_offline_comes_with_the_connection(bob: Window) -> None:
    bob.context.set_offline(True)
    bob.row("Yusuf Aydın").click()
    expect(bob.page.locator("#thread-error")).to_be_visible()
    bob.context.set_offline(False)
    expect(bob.bubble("Good morning")).to_be_visible()
    bob.page.fill("#reply", "For Yusuf")
    bob.open("Zelda Quill")
    expect(bob.page.locator("#reply")).to_have_value("For Zelda")


def test_the_bar_does_not_come_back_after_the_connection_has(bob: Window) -> None:
    bob.page.evaluate(
        "addEventListener('offline', () => { window.wasOffline = performance.now(); })"
    )
    bob.context.set_offline(True)
    expect(bob.page.locator("#connection")).to_be_visible()
    bob.context.set_offline(False)
    bob.page.wait_for_selector("html[data-live]")
    expect(bob.page.locator("#connection")).to_be_hidden()
    # Longer than a lost connection is kept to itself (connection.js, GRACE).
    bob.until(lambda: bob.measure("performance.now() > window.wasOffline + 2000"))
    expect(bob.page.locator("#connection")).to_be_hidden(timeout=1)
