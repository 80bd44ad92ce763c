"""The list of contacts in a browser: its views, bulk, keyboard; and how their screens look."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.models import Tag
from tests.cast import Cast, contact, conversation, insert
from tests.contacts.conftest import change
from tests.e2e.conftest import OpenWindow
from tests.e2e.contacts import Leads, make_leads
from tests.e2e.window import Window
from tests.stores import Database

TOO_FAINT = (Path(__file__).parent / "too_faint.js").read_text()


@pytest.fixture
def leads(app: Flask, cast: Cast) -> Leads:
    with app.app_context():
        return make_leads(cast)


def names(window: Window) -> list[str]:
    return window.page.locator("#contact-rows .contact-link").all_inner_texts()


def shows(window: Window, *expected: str) -> None:
    window.until(lambda: names(window) == list(expected))


def test_a_view_is_kept_in_the_address_and_can_be_bookmarked(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    alice = window(cast.alice, "/contacts")
    shows(alice, "Zelda Quill", "Zelda Quill", "Yusuf Aydın")
    expect(alice.page.locator("#contacts-total")).to_have_text("3")
    alice.page.select_option("[name=platform]", "FACEBOOK")
    alice.page.fill("[name=scoreMin]", "50")
    shows(alice, "Zelda Quill")
    alice.page.select_option("[name=stageId]", str(leads.stages[0].id))
    alice.page.fill("#contact-search", "zel")
    alice.until(lambda: "q=zel" in alice.page.url)
    address = alice.page.url.removeprefix(alice.url)
    assert f"stageId={leads.stages[0].id}" in address
    again = window(cast.alice, address)
    shows(again, "Zelda Quill")
    assert again.page.input_value("#contact-search") == "zel"
    assert again.page.input_value("[name=scoreMin]") == "50"
    assert again.page.locator("#export").get_attribute("href") == (
        "/api/contacts/export.csv?" + address.partition("?")[2]
    )
    again.page.fill("#contact-search", "nobody")
    expect(again.page.locator("#contacts-empty h3")).to_have_text("Nobody matches")
    again.page.locator("#contacts-empty button").click()
    shows(again, "Zelda Quill", "Zelda Quill", "Yusuf Aydın")
    again.page.select_option("[name=sort]", "SILENT")
    shows(again, "Yusuf Aydın", "Zelda Quill", "Zelda Quill")


def test_the_list_follows_what_others_do(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    alice, other = (
        window(cast.alice, "/contacts"),
        window(cast.alice, f"/contacts/{leads.yusuf.id}"),
    )
    shows(alice, "Zelda Quill", "Zelda Quill", "Yusuf Aydın")
    other.page.fill("#field-name", "Yusuf A.")
    other.page.press("#field-name", "Enter")
    shows(alice, "Zelda Quill", "Zelda Quill", "Yusuf A.")


def test_longer_lists_come_by_scrolling(app: Flask, cast: Cast, window: OpenWindow) -> None:
    with app.app_context():
        for n in range(120):
            contact(cast.page, f"Nr {n}")
    alice = window(cast.alice, "/contacts")
    assert alice.page.locator("#contact-rows tr").count() == 50
    expect(alice.page.locator("#contacts-total")).to_have_text("121")

    def scrolled() -> bool:
        alice.page.evaluate("document.getElementById('contacts-scroll').scrollTo(0, 1e6)")
        return alice.page.locator("#contact-rows tr").count() == 121

    alice.until(scrolled)
    assert len(set(names(alice))) == 121


def test_many_are_changed_at_once(
    app: Flask, cast: Cast, window: OpenWindow, database: Database, leads: Leads
) -> None:
    with app.app_context():
        insert(Tag(organization_id=cast.organization.id, name="spring"))
        for n in range(70):
            conversation(contact(cast.page, f"Nr {n}"))
    alice = window(cast.alice, "/contacts?q=Nr")
    page = alice.page
    expect(page.locator("#contacts-total")).to_have_text("70")
    page.check("#choose-all")
    expect(page.locator("#bulk-count")).to_have_text("50 chosen")
    page.click("#choose-matching")
    expect(page.locator("#bulk-count")).to_have_text("70 chosen")
    page.select_option("[data-bulk=TAG]", label="spring")
    page.get_by_role("button", name="Change them").click()
    alice.until(lambda: database.value("SELECT count(*) FROM contact_tags") == 70)
    expect(page.locator("#toasts")).to_contain_text("70 contacts changed")
    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator("#contact-rows tr").first).to_contain_text("spring")
    for n in (0, 1):
        page.locator("[data-choose]").nth(n).check()
    expect(page.locator("#bulk-count")).to_have_text("2 chosen")
    page.select_option("[data-bulk=STAGE]", str(leads.stages[1].id))
    moved = "SELECT count(*) FROM contacts WHERE stage_id = %s AND is_pinned"
    alice.until(lambda: database.value(moved, leads.stages[1].id) == 2)
    expect(page.locator("#toasts")).to_contain_text("2 contacts changed")
    page.locator("[data-choose]").nth(0).check()
    page.select_option("[data-bulk=TAG]", "new")
    page.get_by_label("Name of the tag").fill("summer")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#contact-rows tr").first).to_contain_text("summer")
    page.locator("[data-choose]").nth(0).check()
    page.select_option("[data-bulk=ASSIGN]", str(cast.charlie.id))
    held = "SELECT count(*) FROM conversations WHERE assignee_id = %s"
    alice.until(lambda: database.value(held, cast.charlie.id) == 1)


def test_an_agent_finds_only_their_own(cast: Cast, window: OpenWindow, leads: Leads) -> None:
    bob, charlie = window(cast.bob, "/contacts"), window(cast.charlie, "/contacts")
    shows(bob, "Zelda Quill")
    expect(bob.page.locator("#export")).to_have_count(0)
    expect(charlie.page.locator("#contacts-empty h3")).to_have_text("No contacts yet")
    charlie.page.goto(f"{charlie.url}/contacts/{leads.zelda.id}")
    expect(charlie.page.locator("h1")).to_have_text("Nothing here")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_every_text_has_enough_contrast_and_nothing_is_cut_off(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads, *, dark: bool, width: int
) -> None:
    with app.app_context():
        change(leads.yusuf, name="A name that is much longer than any column would like " * 2)
        insert(Tag(organization_id=cast.organization.id, name="a tag of forty characters, no less"))
    alice = window(cast.alice, "/contacts", width=width, dark=dark)
    if width == 360:
        alice.page.click("#more-filters")
    alice.page.locator("[data-choose]").first.check()
    for path in ("", f"/contacts/{leads.zelda.id}",
                 f"/contacts/{leads.zelda.id}/merge?with={leads.double.id}"):  # fmt: skip
        if path:
            alice.go(path)
        assert alice.page.locator("body *").count() > 100
        assert alice.page.evaluate(TOO_FAINT) == []
        assert alice.measure("document.documentElement.scrollWidth") <= width
        main = "document.querySelector('.shell-main')"
        assert alice.measure(f"{main}.scrollWidth <= {main}.clientWidth")


def test_the_list_is_worked_by_keyboard_alone(cast: Cast, window: OpenWindow, leads: Leads) -> None:
    alice = window(cast.alice, "/contacts")
    alice.page.keyboard.press("/")
    expect(alice.page.locator("#contact-search")).to_be_focused()
    alice.page.keyboard.type("yusuf")
    shows(alice, "Yusuf Aydın")
    alice.page.locator(".contact-link").focus()
    alice.page.keyboard.press("Shift+Tab")
    alice.page.keyboard.press("Space")
    expect(alice.page.locator("#bulk-count")).to_have_text("1 chosen")
    alice.page.locator(".contact-link").press("Enter")
    expect(alice.page.locator("h1")).to_have_text("Yusuf Aydın")


def test_what_analyzing_many_costs_is_said_before(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    alice = window(cast.alice, "/contacts")
    expect(alice.page.locator("#contacts-total")).to_have_text("3")
    alice.page.check("#choose-all")
    alice.page.click("#bulk-analyze")
    question = alice.page.locator("dialog")
    expect(question).to_contain_text("Analyze 3 contacts?")
    expect(question).to_contain_text("requests are left today")
    question.get_by_role("button", name="Cancel").click()
    assert database.value("SELECT count(*) FROM analysis_requests") == 0, "nothing was asked for"
    alice.page.click("#bulk-analyze")
    question.get_by_role("button", name="Analyze").click()
    expect(alice.page.locator("#toasts")).to_contain_text("3 contacts asked for")
    assert database.value("SELECT count(*) FROM analysis_requests WHERE reason = 'BULK'") == 3
    assert database.rows("SELECT kind, total FROM ai_runs") == [{"kind": "BULK", "total": 3}]
    bob = window(cast.bob, "/contacts")
    expect(bob.page.locator("#bulk-analyze")).to_have_count(0)
