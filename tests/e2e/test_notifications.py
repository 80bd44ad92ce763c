"""The bell: what happened to a Page reaches every open screen of an admin."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from inbox.actions import notifications
from inbox.actions.facebook_pages.page_access import note_refused_token
from inbox.meta.errors import ErrorKind, MetaError
from inbox.models import NotificationKind
from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_contrast import TOO_FAINT

DEAD = MetaError(ErrorKind.TOKEN, "changed password", code=190, subcode=460)
TITLE = "Bluebird Page must be reconnected"
EVERYWHERE = ["/inbox", "/settings/account", "/settings/integrations"]


def refuse(app: Flask, cast: Cast) -> None:
    with app.app_context():
        note_refused_token(cast.page, DEAD)


def tell(app: Flask, cast: Cast, count: int) -> None:
    with app.app_context():
        for number in range(count):
            notifications.notify(
                cast.page,
                kind=NotificationKind.RECOVERED,
                title=f"{number} messages recovered",
                text="They came while Inbox was away, and are in their conversations now.",
                occasion=str(number),
            )


def bell(page: Page, unread: int = 0) -> Locator:
    name = f"Notifications, {unread} unread" if unread else "Notifications"
    return page.get_by_role("button", name=name, exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Notifications")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_it_rings_live_on_every_page(app: Flask, cast: Cast, window: OpenWindow, path: str) -> None:
    page = window(cast.alice, path).page
    wait_for_socket(page)
    refuse(app, cast)
    expect(bell(page, 1)).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text(TITLE)


def test_the_list_says_what_happened_and_leads_there(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    refuse(app, cast)
    page = window(cast.alice).page
    bell(page, 1).click()
    line = panel(page).get_by_role("link")
    expect(line).to_contain_text(TITLE)
    expect(line).to_contain_text("changed their Facebook password")
    expect(line.get_by_role("img", name="New")).to_be_visible()
    expect(bell(page)).to_be_visible()
    line.click()
    page.wait_for_url("**/settings/integrations")
    wait_for_socket(page)
    bell(page).click()
    expect(panel(page).get_by_role("link")).to_contain_text(TITLE)
    expect(panel(page).get_by_role("img", name="New")).to_have_count(0)


def test_a_list_without_anything_says_so(cast: Cast, window: OpenWindow) -> None:
    page = window(cast.alice).page
    bell(page).click()
    expect(panel(page)).to_contain_text("Nothing to report.")


def test_earlier_ones_are_fetched(app: Flask, cast: Cast, window: OpenWindow) -> None:
    tell(app, cast, 25)
    page = window(cast.alice).page
    expect(page.locator("[data-bell] [data-count]")).to_have_text("9+")
    bell(page, 25).click()
    expect(panel(page).get_by_role("link")).to_have_count(20)
    panel(page).get_by_role("button", name="Earlier ones").click()
    expect(panel(page).get_by_role("link")).to_have_count(25)
    expect(panel(page).get_by_role("button", name="Earlier ones")).to_be_hidden()


def test_the_counts_of_the_list_leave_the_bell_alone(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    tell(app, cast, 25)
    with app.app_context():
        rows.conversation(rows.contact(cast.page, "Ada Lovelace"))  # nobody's
    alice = window(cast.alice, "/settings/account")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    alice.page.route("**/api/counts", hold)
    alice.go("/inbox")
    badge = alice.page.locator("[data-bell] [data-count]")
    expect(badge).to_have_text("9+")
    alice.until(lambda: held)
    for route in held:
        route.continue_()
    expect(alice.page.locator("[data-count=unassigned]")).to_have_text("1")
    expect(badge).to_have_text("9+")


def test_it_is_used_by_keyboard(app: Flask, cast: Cast, window: OpenWindow) -> None:
    tell(app, cast, 1)
    page = window(cast.alice).page
    bell(page, 1).focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    expect(panel(page).get_by_role("link")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_be_focused()


def test_a_click_beside_it_closes_it(cast: Cast, window: OpenWindow) -> None:
    page = window(cast.alice).page
    bell(page).click()
    expect(panel(page)).to_be_visible()
    page.mouse.click(1200, 100)
    expect(panel(page)).to_be_hidden()


def test_what_came_while_offline_is_known_afterwards(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    page = window(cast.alice, "/settings/account").page
    wait_for_socket(page)
    page.context.set_offline(True)
    refuse(app, cast)
    expect(bell(page)).to_be_visible()
    page.context.set_offline(False)
    expect(bell(page, 1)).to_be_visible(timeout=15_000)


def test_what_one_tab_reads_the_other_knows(app: Flask, cast: Cast, window: OpenWindow) -> None:
    tell(app, cast, 1)
    first, second = window(cast.alice).page, window(cast.alice, "/settings/account").page
    expect(bell(second, 1)).to_be_visible()
    wait_for_socket(second)
    bell(first, 1).click()
    expect(bell(second)).to_be_visible()


def test_agents_have_no_bell(cast: Cast, window: OpenWindow) -> None:
    page = window(cast.bob).page
    expect(page.get_by_role("button", name="Notifications")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
def test_the_list_fits_a_narrow_phone_and_can_be_read(
    app: Flask, cast: Cast, window: OpenWindow, dark: bool
) -> None:
    tell(app, cast, 3)
    refuse(app, cast)
    phone = window(cast.alice, width=360, dark=dark)
    bell(phone.page, 4).click()
    expect(panel(phone.page).get_by_role("link")).to_have_count(4)
    box = panel(phone.page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert phone.measure("document.documentElement.scrollWidth") <= 360
    assert phone.measure(TOO_FAINT) == []
    for entry in phone.page.locator(".rail-entry:visible").all():
        place = entry.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360


def wait_for_socket(page: Page) -> None:
    page.wait_for_selector(".bell[data-live]")
