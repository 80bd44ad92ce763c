"""What a Page's card shows and does without any sync to wait for."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Route, expect

from inbox.models import FacebookPage, Role
from tests import cast as rows
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.integrations.card import PATH, card, press, settled, sync
from tests.e2e.window import Window
from tests.stores import Database

CARDS = "**/api/facebook/pages/*"


def test_without_a_page_the_way_to_connect_one_is_shown(app: Flask, window: OpenWindow) -> None:
    with app.app_context():
        ada = rows.user(rows.organization("A new one"), "Ada", Role.ADMIN)
    alone = window(ada, PATH)
    link = alone.page.get_by_role("link", name="Connect a Facebook Page")
    expect(link).to_have_attribute("href", "/settings/integrations/connect")
    expect(alone.page.get_by_role("heading", name="No Page is connected yet")).to_be_visible()
    alone.go("/inbox")
    expect(alone.page.locator("#list-empty")).to_contain_text("No Page is connected yet")
    alone.page.get_by_role("link", name="Connect a Page").click()
    expect(alone.page.get_by_role("heading", name="Integrations", exact=True)).to_be_visible()


def test_agents_are_not_shown_a_way_that_is_not_theirs(app: Flask, window: OpenWindow) -> None:
    with app.app_context():
        abe = rows.user(rows.organization("A new one"), "Abe", Role.AGENT)
    alone = window(abe)
    expect(alone.page.locator("#list-empty")).to_contain_text("Nothing is assigned to you yet")
    expect(alone.page.get_by_role("link", name="Connect a Page")).to_have_count(0)


def test_the_last_days(alice: Window, page: FacebookPage, database: Database) -> None:
    press(alice, "Sync")
    card(alice).get_by_label("The last").fill("7")
    card(alice).get_by_label("The last").press("Enter")
    expect(card(alice)).to_contain_text("Starting…")
    row = database.rows("SELECT kind, now() - since AS back FROM sync_jobs")[0]
    assert (row["kind"], round(row["back"].total_seconds() / 86400)) == ("LAST_DAYS", 7)


def test_settings_are_kept_and_shown_to_the_others(
    alice: Window, cast: Cast, window: OpenWindow
) -> None:
    other = settled(window(cast.alice, PATH))
    press(alice, f"Settings of {card(alice).get_by_role('heading', level=2).inner_text()}")
    expect(card(alice)).to_contain_text("There are no pipelines yet.")
    card(alice).get_by_label("Sync changes automatically").check()
    card(alice).get_by_label("How often").select_option(label="every 6 hours")
    press(alice, "Save")
    expect(alice.page.locator("#toasts")).to_contain_text("Settings saved")
    field = card(other).locator('[name="syncInterval"]')
    expect(field).to_have_value("360")
    alice.reload()
    expect(card(alice).locator('[name="autoSync"]')).to_be_checked()


def test_what_fails_is_said_on_the_card(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    sync(alice)
    expect(card(alice)).to_contain_text("Starting…")
    held: list[Route] = []
    alice.page.route(CARDS, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    alice.measure("fetch('/health').then((answer) => answer.ok)")  # what was asked before is here
    database.rows("UPDATE sync_jobs SET status = 'CANCELLED', completed_at = now()")
    press(alice, "Pause")  # nobody has told this browser
    expect(card(alice).get_by_role("alert")).to_contain_text("This sync is cancelled.")
    alice.until(lambda: held)
    alice.page.unroute(CARDS)  # lets go on what was held
    expect(card(alice)).to_have_attribute("data-state", "CANCELLED")
    alice.context.set_offline(True)
    sync(alice)
    expect(card(alice).get_by_role("alert")).to_contain_text("No connection")
    alice.context.set_offline(False)


def test_what_the_socket_never_told_is_caught_up_with(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    sync(alice)
    expect(card(alice)).to_contain_text("Starting…")
    database.rows("UPDATE sync_jobs SET status = 'PAUSED'")
    alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(alice)).to_contain_text("Paused")


def test_by_keyboard_alone(alice: Window, database: Database) -> None:
    card(alice).get_by_role("button", name="Sync", exact=True).focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        alice.page.keyboard.press(key)
    expect(card(alice)).to_contain_text("Starting…")
    focused = alice.page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part")
    assert focused == "buttons", "who works by keyboard stays where they were"
    eventually(lambda: database.value("SELECT count(*) FROM sync_jobs") == 1)


def test_a_menu_that_is_open_stays_open_when_news_comes(
    alice: Window, page: FacebookPage, database: Database
) -> None:
    press(alice, "Sync")
    menu = card(alice).locator(".sync-menu")
    expect(menu).to_be_visible()
    database.rows("UPDATE facebook_pages SET data_access_expires_at = now() + interval '3 days'")
    alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(alice)).to_contain_text("Meta withholds Instagram messages from")
    expect(menu).to_be_visible()
