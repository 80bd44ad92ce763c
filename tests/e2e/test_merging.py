"""One person, two contacts: suggested, looked at side by side, merged, and separated again."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from inbox.db import transaction
from inbox.models import Conversation
from tests.cast import Cast
from tests.contacts.conftest import suggest
from tests.e2e.conftest import OpenWindow
from tests.e2e.contacts import Leads, make_leads
from tests.e2e.customer import Customer
from tests.e2e.window import Window
from tests.processes import Web
from tests.stores import Database
from tests.webhooks.wire import Door


@pytest.fixture
def leads(app: Flask, cast: Cast) -> Leads:
    with app.app_context():
        made = make_leads(cast)
        assert suggest(cast) == 1
        return made


def follow(window: Window, link: str, path: str) -> None:
    """To where it leads, until scripts run there."""
    window.page.locator(link).click()
    window.page.wait_for_url(re.compile(re.escape(path) + r"(\?.*)?$"))
    window.page.wait_for_selector("html[data-ready]")


def test_a_suggested_pair_is_merged_and_taken_back(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    alice = window(cast.alice, "/contacts")
    expect(alice.page.locator("#duplicates-link")).to_contain_text("1")
    follow(alice, "#duplicates-link", "/contacts/duplicates")
    pair = alice.page.locator("[data-pair]")
    expect(pair).to_contain_text("Same name")
    expect(pair.locator(".pair-side")).to_have_count(2)
    expect(pair).to_contain_text("zelda@example.test")
    pair.get_by_role("button", name="Merge").click()
    expect(alice.page.locator(".pair-done")).to_contain_text("Zelda Quill is one contact now")
    profile = window(cast.alice, f"/contacts/{leads.zelda.id}")
    expect(profile.page.locator(".thread-list li")).to_have_count(2)
    expect(profile.page.locator("#field-email")).to_have_value("zelda@example.test")
    expect(profile.page.locator(".profile-names")).to_contain_text("Instagram")
    alice.page.get_by_role("button", name="Undo").click()
    expect(alice.page.locator(".pair-done")).to_contain_text("two contacts again")
    expect(profile.page.locator(".thread-list li")).to_have_count(1)
    expect(profile.page.locator("#field-email")).to_have_value("")
    assert database.value("SELECT count(*) FROM contacts WHERE merged_into_id IS NOT NULL") == 0
    alice.reload()
    expect(alice.page.locator("[data-none]")).to_be_visible()


def test_whoever_looks_at_the_merged_one_is_led_to_the_kept_one(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    looking = window(cast.alice, f"/contacts/{leads.double.id}")
    looking.page.wait_for_selector("html[data-live]")
    alice = window(cast.alice, f"/contacts/{leads.zelda.id}/merge?with={leads.double.id}")
    alice.page.get_by_role("button", name="Merge").click()
    looking.page.wait_for_url(f"**/contacts/{leads.zelda.id}")
    expect(looking.page.locator(".timeline")).to_contain_text("Merged with Zelda Quill")


def test_a_merge_is_found_by_searching_and_undone_on_the_profile(
    cast: Cast, window: OpenWindow, leads: Leads, live: Web
) -> None:
    alice = window(cast.alice, f"/contacts/{leads.zelda.id}")
    expect(alice.page.locator(".merge-hint")).to_contain_text("same name, wrote on both")
    alice.page.locator("#merge-with").press_sequentially("zelda")
    follow(alice, ".merge-found a", f"/contacts/{leads.zelda.id}/merge")
    alice.page.get_by_role("button", name="Merge").click()
    follow(alice, ".pair-done a", f"/contacts/{leads.zelda.id}")
    alice.page.wait_for_selector("html[data-live]")
    account, person = cast.page.instagram_account_id, leads.double.instagram_sid
    assert account
    assert person
    Customer("INSTAGRAM", account, person, Door(live.url)).writes("Amid the two")
    expect(alice.page.locator(".thread-list")).to_contain_text("Amid the two")
    alice.page.get_by_role("button", name="Separate again").click()
    alice.page.locator("dialog").get_by_role("button", name="Separate").click()
    expect(alice.page.locator(".thread-list li")).to_have_count(1)
    expect(alice.page.locator(".thread-list")).not_to_contain_text("Amid the two")
    alice.go(f"/contacts/{leads.double.id}")
    expect(alice.page.locator(".thread-list")).to_contain_text("Amid the two")


def test_two_that_are_chosen_in_the_list_are_compared(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    alice = window(cast.alice, "/contacts")
    boxes = alice.page.locator("[data-choose]")
    expect(boxes).to_have_count(3)
    boxes.nth(0).check()
    boxes.nth(2).check()
    expect(alice.page.locator("#bulk-merge")).to_be_hidden()  # both are on Messenger
    boxes.nth(2).uncheck()
    boxes.nth(1).check()
    alice.page.click("#bulk-merge")
    expect(alice.page.locator(".pair-side")).to_have_count(2)


def test_a_pair_that_is_two_people_is_not_suggested_again(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    alice = window(cast.alice, "/contacts/duplicates")
    alice.page.get_by_role("button", name="Not the same person").click()
    expect(alice.page.locator("[data-none]")).to_be_visible()
    with app.app_context():
        assert suggest(cast) == 1
    alice.reload()
    expect(alice.page.locator("[data-none]")).to_be_visible()


def test_an_agent_is_shown_no_pair_of_which_they_see_one_only(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    bob = window(cast.bob, "/contacts/duplicates")
    expect(bob.page.locator("[data-none]")).to_be_visible()
    expect(bob.page.locator("[data-look]")).to_have_count(0)


def test_a_thread_that_is_open_follows_its_contact(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    thread = database.value("SELECT id FROM conversations WHERE contact_id = %s", leads.double.id)
    looking = window(cast.alice, f"/inbox/{thread}")
    pane = looking.page.locator("#contact-pane")
    expect(pane.locator("#field-email")).to_have_value("zelda@example.test")
    expect(pane.locator(".gauge")).to_have_count(0)
    alice = window(cast.alice, f"/contacts/{leads.zelda.id}/merge?with={leads.double.id}")
    alice.page.get_by_role("button", name="Merge").click()
    expect(pane.locator(".gauge")).to_be_visible()
    expect(pane.locator(".pane-more")).to_have_attribute("href", f"/contacts/{leads.zelda.id}")
    expect(pane.locator("[data-fill=platform]")).to_have_text("Messenger, Instagram")
    alice.page.get_by_role("button", name="Undo").click()
    expect(pane.locator(".gauge")).to_have_count(0)
    expect(pane.locator(".pane-more")).to_have_attribute("href", f"/contacts/{leads.double.id}")


def test_an_agent_whose_thread_leaves_a_contact_sees_it_no_more(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    """Charlie holds only the Instagram thread."""
    with app.app_context(), transaction() as session:
        thread = select(Conversation).where(Conversation.contact_id == leads.double.id)
        session.scalars(thread).one().assignee_id = cast.charlie.id
    alice = window(cast.alice, f"/contacts/{leads.zelda.id}/merge?with={leads.double.id}")
    charlie = window(cast.charlie, f"/contacts/{leads.double.id}")
    charlie.page.wait_for_selector("html[data-live]")
    alice.page.get_by_role("button", name="Merge").click()
    charlie.page.wait_for_url(f"**/contacts/{leads.zelda.id}")
    expect(charlie.page.locator(".thread-list li")).to_have_count(1)
    expect(charlie.page.locator(".evidence li")).to_have_count(0)
    charlie.page.wait_for_selector("html[data-live]")
    alice.page.get_by_role("button", name="Undo").click()
    expect(charlie.page.locator("h1")).to_have_text("Nothing here")
