"""People come, sign in, change and go, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, Cast, api_token
from tests.e2e.conftest import OpenWindow
from tests.e2e.contexts import Contexts
from tests.processes import Web

NEW = "a password of my own"


@pytest.fixture
def stranger_page(chromium: Contexts, live: Web) -> Iterator[Page]:
    """A browser in which nobody has signed in."""
    context = chromium.browser.new_context(base_url=live.url)
    page = context.new_page()
    yield page
    context.close()


def choose_password(page: Page) -> None:
    page.fill("#password", NEW)
    page.fill("#password_again", NEW)
    page.click("button[type=submit]")


def test_the_first_visitor_sets_up_and_is_in(stranger_page: Page) -> None:
    stranger_page.goto("/")
    expect(stranger_page.get_by_role("heading", name="Set up your inbox")).to_be_visible()
    stranger_page.fill("#organization", "Bluebird Bakery")
    stranger_page.fill("#name", "Alice")
    stranger_page.fill("#email", "alice@example.test")
    choose_password(stranger_page)
    expect(stranger_page).to_have_url(re.compile("/inbox$"))


def test_an_invited_person_opens_their_link_chooses_a_password_and_is_in(
    cast: Cast, window: OpenWindow, stranger_page: Page
) -> None:
    alice = window(cast.alice, "/settings/team").page
    alice.fill("#name", "Ivy")
    alice.fill("#email", "ivy@example.test")
    alice.get_by_role("button", name="Create invite link").click()
    link = alice.get_by_role("textbox", name="Link for Ivy").input_value()

    stranger_page.goto(link)
    expect(stranger_page.get_by_role("heading", name="Welcome, Ivy")).to_be_visible()
    assert link.partition("#")[2] not in stranger_page.url
    choose_password(stranger_page)
    expect(stranger_page).to_have_url(re.compile("/inbox$"))

    stranger_page.goto("about:blank")  # or an answer still on its way would bring the cookie back
    stranger_page.context.clear_cookies()
    stranger_page.goto(link)
    expect(stranger_page.get_by_role("heading")).to_contain_text("This link no longer works")


def test_half_a_link_says_so(stranger_page: Page, cast: Cast) -> None:
    stranger_page.goto("/welcome")
    expect(stranger_page.get_by_text("This address is not complete.")).to_be_visible()


def test_signing_in_leads_to_the_page_one_wanted(stranger_page: Page, cast: Cast) -> None:
    stranger_page.goto("/settings/account")
    stranger_page.fill("#email", cast.bob.email)
    stranger_page.fill("#password", "not it")
    stranger_page.press("#password", "Enter")
    expect(stranger_page.get_by_role("alert")).to_contain_text("No active account")
    expect(stranger_page.locator("#email")).to_have_value(cast.bob.email)
    stranger_page.fill("#password", PASSWORD)
    stranger_page.press("#password", "Enter")
    expect(stranger_page).to_have_url(re.compile("/settings/account$"))


def test_who_is_deactivated_is_shown_the_door_while_looking(cast: Cast, window: OpenWindow) -> None:
    bob, alice = window(cast.bob).page, window(cast.alice, "/settings/team").page
    expect(bob.locator("#rows")).to_contain_text("Zelda Quill")
    alice.get_by_role("button", name="Change Bob").click()
    alice.get_by_role("button", name="Deactivate").click()
    dialog = alice.get_by_role("dialog", name="Deactivate Bob?")
    dialog.get_by_role("button", name="Deactivate").click()
    expect(alice.get_by_text("Bob has been signed out everywhere")).to_be_visible()
    expect(bob).to_have_url(re.compile("/sign-in"))


def test_a_question_that_is_declined_changes_nothing(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice, "/settings/team").page
    alice.get_by_role("button", name="Change Bob").click()
    alice.get_by_role("button", name="Make admin").click()
    alice.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    alice.reload()
    expect(alice.locator(f'[data-user="{cast.bob.id}"] .badge')).to_have_text("Agent")


@pytest.mark.parametrize("path", ["/settings/account", "/settings/team", "/settings/failures"])
@pytest.mark.parametrize("dark", [False, True])
def test_settings_fit_a_narrow_phone(
    app: Flask, cast: Cast, window: OpenWindow, path: str, dark: bool
) -> None:
    with app.app_context():
        api_token(cast.alice, "A token with a name that is as long as it may be, or nearly so")
    phone = window(cast.alice, path, width=360, dark=dark)
    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    assert phone.measure("document.querySelector('main').scrollWidth") <= 360
