"""An admin connects a Page in a real browser: through Facebook's dialog and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_contrast import TOO_FAINT
from tests.stores import Database

INTEGRATIONS = "/settings/integrations"


def to_the_dialog(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Connect a")).first.click()
    expect(page.get_by_role("heading", name=re.compile("What may Inbox do"))).to_be_visible()


def test_a_page_is_connected_and_its_first_sync_begins(
    cast: Cast, meta: Simulator, window: OpenWindow, database: Database
) -> None:
    meta.page.subscribed_fields = []
    meta.add_page(PageSettings(name="Nordlys Workshop", tasks=("ANALYZE",)))
    page = window(cast.alice, INTEGRATIONS).page
    to_the_dialog(page)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="Choose Pages to connect")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("Nordlys Ceramics"))).to_be_checked()
    closed = page.get_by_role("checkbox", name=re.compile("Nordlys Workshop"))
    expect(closed).to_be_disabled()
    expect(closed).not_to_be_checked()
    assert "code=" not in page.url
    assert "state=" not in page.url
    page.get_by_role("button", name="Connect").click()
    expect(page).to_have_url(re.compile(f"{INTEGRATIONS}$"))
    expect(page.get_by_role("status").first).to_contain_text("Connected: Nordlys Ceramics.")
    expect(page.get_by_role("article", name="Nordlys Ceramics")).to_contain_text("Starting…")
    assert meta.page.subscribed_fields
    assert database.value("SELECT kind FROM sync_jobs") == "EVERYTHING"


def test_a_declined_permission_is_explained_and_can_be_given_after_all(
    cast: Cast, meta: Simulator, window: OpenWindow
) -> None:
    page = window(cast.alice, INTEGRATIONS).page
    to_the_dialog(page)
    page.get_by_role("checkbox", name=re.compile("pages_messaging")).uncheck()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Inbox may not do what it needs to")).to_be_visible()
    expect(page.get_by_role("button", name="Connect")).to_have_count(0)
    page.get_by_role("link", name="Ask Facebook again").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("button", name="Connect")).to_be_visible()
    expect(page.get_by_text("Inbox may not")).to_have_count(0)


def test_who_cancels_is_told_that_nothing_happened(
    cast: Cast, meta: Simulator, window: OpenWindow
) -> None:
    page = window(cast.alice, INTEGRATIONS).page
    to_the_dialog(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("You cancelled the login at Facebook")
    page.get_by_role("link", name="Back to Integrations").click()
    expect(page.get_by_role("article", name="Nordlys Ceramics")).to_have_count(0)


def test_a_page_is_disconnected_after_a_question_and_connected_again(
    cast: Cast, meta: Simulator, window: OpenWindow
) -> None:
    page = window(cast.alice, INTEGRATIONS).page
    to_the_dialog(page)
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url(f"**{INTEGRATIONS}")
    page.wait_for_selector("html[data-ready]")
    article = page.get_by_role("article", name="Nordlys Ceramics")
    article.get_by_role("button", name="Settings of Nordlys Ceramics").click()
    article.get_by_role("button", name="Disconnect").click()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(article).to_contain_text("Disconnected")
    assert meta.page.subscribed_fields == []
    article.get_by_role("link", name="Reconnect").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile(f"{INTEGRATIONS}(#|$)"))  # Meta adds #_=_
    expect(article).not_to_contain_text("Disconnected")
    assert meta.page.subscribed_fields


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_choice_fits_every_screen_and_can_be_read(
    cast: Cast, meta: Simulator, window: OpenWindow, width: int, dark: bool
) -> None:
    meta.add_page(PageSettings(name="A Page with a name that goes on and on for quite a while"))
    meta.add_page(PageSettings(name="Nordlys Workshop", tasks=("ANALYZE",), has_instagram=False))
    opened = window(cast.alice, INTEGRATIONS, width=width, dark=dark)
    to_the_dialog(opened.page)
    opened.page.get_by_role("checkbox", name=re.compile("instagram_manage")).uncheck()
    opened.page.get_by_role("button", name="Allow").click()
    expect(opened.page.get_by_text("Some things will not work")).to_be_visible()
    assert opened.measure("document.querySelector('main').scrollWidth") <= width
    assert opened.measure(TOO_FAINT) == []
