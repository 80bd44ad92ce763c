"""The list of contacts stands still under the pointer."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.contacts import make_leads


def top(row: Locator) -> float:
    box = row.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("width", [1000, 360])
def test_choosing_contacts_moves_no_row_on_small_screens(
    app: Flask, cast: Cast, window: OpenWindow, width: int
) -> None:
    with app.app_context():
        make_leads(cast)
    page = window(cast.alice, "/contacts", width=width).page
    rows = page.locator(".contact-row")
    before = top(rows.nth(1))
    rows.nth(0).get_by_role("checkbox").check()
    bar = page.get_by_text("1 chosen")
    expect(bar).to_be_in_viewport()
    assert top(rows.nth(1)) == before
    page.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()
    assert top(rows.nth(1)) == before


def test_choosing_contacts_moves_no_row_and_all_can_still_be_chosen(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    with app.app_context():
        make_leads(cast)
    page = window(cast.alice, "/contacts").page
    rows = page.locator(".contact-row")
    expect(rows).to_have_count(3)
    before = top(rows.nth(1))
    rows.nth(0).get_by_role("checkbox").check()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    assert top(rows.nth(1)) == before
    page.get_by_label("Choose all that are shown").check()
    expect(page.get_by_text("3 chosen")).to_be_visible()
    assert top(rows.nth(1)) == before
