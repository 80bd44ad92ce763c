"""What a person sees and does on the board."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.window import Window


def live(window: Window) -> Page:
    window.page.wait_for_selector("html[data-live]")
    return window.page


def column(page: Page, stage: str) -> Locator:
    return page.locator(".column", has=page.get_by_role("heading", name=stage, exact=True))


def card(page: Page, name: str) -> Locator:
    return page.locator(".board-card", has_text=name)


def stands_in(page: Page, name: str, stage: str) -> None:
    expect(column(page, stage).locator(".board-card", has_text=name)).to_have_count(1)
    expect(card(page, name)).to_have_count(1)


def counts(page: Page, stage: str, number: int) -> None:
    expect(column(page, stage).locator("[data-count]")).to_have_text(str(number))


def drag(page: Page, name: str, stage: str) -> None:
    start = card(page, name).bounding_box()
    end = column(page, stage).locator(".cards").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 75, start["y"] + 40, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + 60, steps=8)
    expect(page.locator(".board[data-dragging]")).to_be_visible()
    page.mouse.up()
