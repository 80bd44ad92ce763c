"""One contact in a browser: its profile, and the pane beside a thread."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Analysis
from tests.cast import Cast
from tests.contacts.conftest import change
from tests.e2e.conftest import OpenWindow
from tests.e2e.contacts import Leads, make_leads
from tests.stores import Database


@pytest.fixture
def leads(app: Flask, cast: Cast) -> Leads:
    with app.app_context():
        return make_leads(cast)


def test_what_people_know_is_written_down_and_seen_by_others_at_once(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    path = f"/contacts/{leads.zelda.id}"
    bob, alice = window(cast.bob, path), window(cast.alice, path)
    alice.page.wait_for_selector("html[data-live]")
    bob.page.fill("#field-company", "Quill & Sons")
    bob.page.press("#field-company", "Enter")
    expect(alice.page.locator("#field-company")).to_have_value("Quill & Sons")
    bob.page.fill("#field-email", "no address")
    bob.page.press("#field-email", "Tab")
    expect(bob.page.locator("#field-email-error")).to_have_text("This is not an e-mail address.")
    bob.page.fill("#field-email", "zelda@quill.test")
    bob.page.press("#field-email", "Tab")
    expect(bob.page.locator("#field-email-error")).to_be_hidden()
    bob.page.fill("#new-tag", "VIP")
    bob.page.press("#new-tag", "Enter")
    expect(alice.page.locator(".tag-list .tag-chip")).to_have_text(["VIP"])
    expect(bob.page.locator("#new-tag")).to_be_focused()
    bob.page.fill("#new-note", "Wants samples first.")
    bob.page.get_by_role("button", name="Add note").click()
    note = alice.page.locator("li[data-note]")
    expect(note).to_contain_text("Wants samples first.")
    note.get_by_role("button", name="Edit").click()
    alice.page.fill("li[data-note] textarea", "Wants samples of two glazes.")
    note.get_by_role("button", name="Save").click()
    expect(bob.page.locator("li[data-note]")).to_contain_text("two glazes")
    expect(bob.page.locator("li[data-note]")).to_contain_text("edited")
    alice.page.get_by_role("button", name="Remove tag VIP").click()
    expect(bob.page.locator(".tag-list .tag-chip")).to_have_count(0)
    expect(bob.page.locator(".timeline > li").first).to_contain_text("Tag VIP removed")
    expect(bob.page.locator(".timeline > li").last).to_contain_text("Company: none → Quill & Sons")
    note.get_by_role("button", name="Delete").click()
    alice.page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(bob.page.locator("li[data-note]")).to_have_count(0)
    row = database.rows("SELECT email, company FROM contacts WHERE id = %s", leads.zelda.id)
    assert row == [{"email": "zelda@quill.test", "company": "Quill & Sons"}]


def test_what_is_being_written_stays_when_something_else_changes(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    path = f"/contacts/{leads.zelda.id}"
    bob, alice = window(cast.bob, path), window(cast.alice, path)
    alice.page.wait_for_selector("html[data-live]")
    alice.page.fill("#new-note", "Half a no")
    alice.page.locator("#field-phone").press_sequentially("+47 1")
    bob.page.fill("#new-note", "Another note")
    bob.page.get_by_role("button", name="Add note").click()
    expect(alice.page.locator("li[data-note]")).to_contain_text("Another note")
    assert alice.page.input_value("#new-note") == "Half a no"
    assert alice.page.input_value("#field-phone") == "+47 1"
    expect(alice.page.locator("#field-phone")).to_be_focused()


def test_the_ai_card_says_why_and_its_evidence_leads_to_the_message(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    bob = window(cast.bob, f"/contacts/{leads.zelda.id}")
    card = bob.page.locator(".contact-ai")
    expect(card.get_by_role("img", name="Lead score: 82 of 100")).to_be_visible()
    expect(card.get_by_role("img", name="Score over time: 30, 45, 82")).to_be_visible()
    expect(card.locator(".ai-reasoning")).to_have_text("She asks for a price.")
    expect(card.locator(".ai-by")).to_contain_text("key 2")
    card.locator("[data-evidence]").click()
    found = bob.bubble("How much is the blue bowl?")
    expect(found).to_be_in_viewport()
    assert bob.bubbles.count() > 100, "it stood far up"
    assert "#" not in bob.page.url
    alice = window(cast.alice, f"/contacts/{leads.yusuf.id}")
    expect(alice.page.locator(".ai-by")).to_contain_text("Rule-based · AI could not answer 2 times")


def test_evidence_beside_the_thread_leads_to_its_place_too(
    cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    bob = window(cast.bob, f"/inbox/{leads.thread.id}")
    pane = bob.page.locator("#contact-pane")
    expect(pane.locator(".gauge")).to_be_visible()
    expect(bob.bubble("How much is the blue bowl?")).to_have_count(0)
    pane.locator("[data-evidence]").click()
    expect(bob.bubble("How much is the blue bowl?")).to_be_in_viewport()


def test_analyzing_anew_is_asked_for_once(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    bob = window(cast.bob, f"/contacts/{leads.zelda.id}")
    bob.page.get_by_role("button", name="Re-analyze").click()
    expect(bob.page.get_by_role("button", name="Analyzing…")).to_be_visible()
    asked = database.rows("SELECT contact_id, reason, requested_by_id FROM analysis_requests")
    assert asked == [
        {"contact_id": leads.zelda.id, "reason": "ASKED", "requested_by_id": cast.bob.id}
    ]


def test_the_stage_is_chosen_and_pinned_on_the_profile(
    cast: Cast, window: OpenWindow, leads: Leads, database: Database
) -> None:
    bob = window(cast.bob, f"/contacts/{leads.zelda.id}")
    bob.page.select_option("[data-stage]", str(leads.stages[2].id))
    expect(bob.page.locator("[data-pin]")).to_have_attribute("aria-pressed", "true")
    expect(bob.page.locator(".timeline > li").first).to_contain_text("Qualified")
    bob.page.click("[data-pin]")
    expect(bob.page.locator("[data-pin]")).to_have_attribute("aria-pressed", "false")
    row = database.rows("SELECT stage_id, is_pinned FROM contacts WHERE id = %s", leads.zelda.id)
    assert row == [{"stage_id": leads.stages[2].id, "is_pinned": False}]


def test_the_pane_beside_a_thread_shows_and_edits_the_same(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    bob = window(cast.bob, f"/inbox/{leads.thread.id}")
    profile = window(cast.alice, f"/contacts/{leads.zelda.id}")
    profile.page.wait_for_selector("html[data-live]")
    pane = bob.page.locator("#contact-pane")
    pane.locator("#new-tag").fill("VIP")
    pane.locator("#new-tag").press("Enter")
    expect(profile.page.locator(".tag-list")).to_contain_text("VIP")
    pane.locator("#new-note").fill("Called on Monday")
    pane.get_by_role("button", name="Add note").click()
    expect(profile.page.locator("li[data-note]")).to_contain_text("Called on Monday")
    pane.locator("#field-name").fill("Zelda Q.")
    pane.locator("#field-name").press("Enter")
    expect(bob.page.locator("#thread-name")).to_have_text("Zelda Q.")
    expect(bob.rows.first).to_contain_text("Zelda Q.")
    expect(profile.page.locator("h1")).to_have_text("Zelda Q.")
    profile.page.fill("#field-phone", "+47 1234")
    profile.page.press("#field-phone", "Enter")
    expect(pane.locator("#field-phone")).to_have_value("+47 1234")


SCRIPT = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


def test_script_in_names_tags_notes_and_what_the_ai_says_stays_text(
    app: Flask, cast: Cast, window: OpenWindow, leads: Leads
) -> None:
    """Attack 1."""
    with app.app_context():
        change(leads.zelda, name=SCRIPT, company=SCRIPT, summary=SCRIPT)
        with transaction() as session:
            for row in session.scalars(db.select(Analysis)):
                row.reasoning = row.summary = row.recommended_stage = SCRIPT
            session.merge(leads.stages[0]).name = SCRIPT
    alice = window(cast.alice, f"/contacts/{leads.zelda.id}")
    expect(alice.page.locator("h1")).to_have_text(SCRIPT)
    expect(alice.page.locator(".ai-reasoning")).to_have_text(SCRIPT)
    alice.page.fill("#new-tag", SCRIPT[:40])
    alice.page.press("#new-tag", "Enter")
    expect(alice.page.locator(".tag-list .tag-chip")).to_have_text([SCRIPT[:40]])
    alice.page.fill("#new-note", SCRIPT)
    alice.page.get_by_role("button", name="Add note").click()
    expect(alice.page.locator(".note-text")).to_have_text(SCRIPT)
    for path in ("/contacts", f"/inbox/{leads.thread.id}", "/contacts/duplicates",
                 f"/contacts/{leads.zelda.id}/merge?with={leads.double.id}"):  # fmt: skip
        alice.go(path)
        alice.page.wait_for_timeout(300)
        assert "hacked" not in alice.page.title()
        assert alice.page.locator("img[onerror], main script:not([type])").count() == 0
