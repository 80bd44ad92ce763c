"""A form that was refused leads to what is wrong in it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow


def test_the_first_field_that_is_wrong_has_the_focus_and_is_in_sight(
    cast: Cast, window: OpenWindow
) -> None:
    page = window(cast.alice, "/settings/ai", width=360).page
    expect(page.locator("#review_below")).not_to_be_in_viewport()
    page.fill("#daily_cap", "2000")
    page.fill("#review_below", "200")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Moves wait for a person below a confidence of")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
