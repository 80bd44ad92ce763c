"""The inbox at 360 pixels, and without a mouse."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.window import Window


def fits(window: Window) -> bool:
    return bool(window.measure("document.documentElement.scrollWidth <= innerWidth"))


def test_at_360_pixels_one_pane_shows_at_a_time(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice, width=360)
    thread, listed = alice.page.locator("#thread-pane"), alice.page.locator("#list-pane")
    expect(thread).to_be_hidden()
    assert fits(alice)
    alice.open("Zelda Quill")
    expect(listed).to_be_hidden()
    expect(alice.bubble("marzipan")).to_be_in_viewport()
    assert fits(alice)
    alice.reply("With pleasure")
    expect(alice.bubble("With pleasure")).to_be_in_viewport()
    alice.page.click("#contact-toggle")
    expect(alice.page.locator("#contact-pane")).to_contain_text("Zelda Quill")
    assert fits(alice)
    alice.page.click("#contact-close")
    alice.page.click("#back")
    expect(listed).to_be_visible()
    expect(thread).to_be_hidden()
    alice.page.go_back()
    expect(alice.bubble("With pleasure")).to_be_visible()


def test_everything_can_be_done_with_keys(app: Flask, cast: Cast, window: OpenWindow) -> None:
    with app.app_context():
        newer = rows.conversation(rows.contact(cast.page, "Yusuf Aydın"))
        rows.message(newer, "Good morning")
    alice = window(cast.alice)
    keys = alice.page.keyboard
    keys.press("j")
    expect(alice.row("Yusuf Aydın").locator("a")).to_be_focused()
    keys.press("ArrowDown")
    expect(alice.row("Zelda Quill").locator("a")).to_be_focused()
    keys.press("k")
    keys.press("Enter")
    expect(alice.page).to_have_url(re.compile(f"/inbox/{newer.id}$"))
    expect(alice.bubble("Good morning")).to_be_visible()
    keys.press("r")
    expect(alice.page.locator("#reply")).to_be_focused()
    keys.type("Good morning to you")
    keys.press("Enter")
    expect(alice.bubble("Good morning to you")).to_be_visible()
    keys.press("Escape")
    keys.press("Escape")
    expect(alice.page).to_have_url(re.compile("/inbox$"))
    expect(alice.row("Yusuf Aydın").locator("a")).to_be_focused()
    keys.press("/")
    keys.type("zelda")
    expect(alice.rows).to_have_count(1)
    keys.press("ArrowDown")
    expect(alice.row("Zelda Quill").locator("a")).to_be_focused()


def test_the_open_conversation_survives_reload_back_and_a_shared_link(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    alice, bob = window(cast.alice), window(cast.bob)
    alice.open("Zelda Quill")
    address = alice.page.url.removeprefix(alice.url)
    alice.reload()
    expect(alice.bubble("marzipan")).to_be_visible()
    bob.go(address)
    expect(bob.bubble("marzipan")).to_be_visible()
    alice.page.go_back()
    expect(alice.page.locator("#thread-none")).to_be_visible()
    charlie = window(cast.charlie)
    assert charlie.page.goto(charlie.url + address).status == 404  # type: ignore[union-attr]


def test_the_theme_is_chosen_in_the_menu_and_kept(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice)
    html = alice.page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")
    alice.page.click("[aria-label='Your menu']")
    alice.page.click("[data-theme-choice=dark]")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    alice.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")
