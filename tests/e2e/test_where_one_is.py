"""Rail and tabs say where one is, at every width and on every page of the settings."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow

SECTIONS = ["account", "team", "integrations", "pipelines", "ai", "failures"]


@pytest.mark.parametrize("section", SECTIONS)
def test_on_a_phone_the_current_tab_of_the_settings_is_in_sight(
    cast: Cast, window: OpenWindow, section: str
) -> None:
    phone = window(cast.alice, f"/settings/{section}", width=360)
    tabs = phone.page.get_by_role("navigation", name="Settings")
    assert tabs.evaluate("(nav) => nav.scrollWidth > nav.clientWidth")  # they do not all fit
    tab = tabs.locator("[aria-current='page']").bounding_box()
    assert tab is not None
    assert tab["x"] >= 0
    assert tab["x"] + tab["width"] <= 360


@pytest.mark.parametrize("section", ["integrations", "pipelines", "ai"])
def test_the_rail_marks_settings_on_pages_that_have_no_entry_of_their_own(
    cast: Cast, window: OpenWindow, section: str
) -> None:
    rail = window(cast.alice, f"/settings/{section}").page.get_by_role("navigation", name="Main")
    expect(rail.locator("[aria-current]")).to_have_count(1)
    expect(rail.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "true")


def test_the_bell_has_one_name_everywhere(cast: Cast, window: OpenWindow) -> None:
    for width in (360, 1440):
        page = window(cast.alice, width=width).page
        bell = page.get_by_role("button", name="Notifications")
        expect(bell.locator(".rail-label")).to_have_text("Notifications")
        bell.hover()
        label = bell.locator(".rail-label")
        assert label.evaluate("(word) => word.scrollWidth <= word.offsetWidth"), width
