"""What the screen says is true for who reads it, and has the room it needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import expect

from inbox.models import Direction
from tests import cast as rows
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.stores import Database


def test_who_has_nothing_is_told_so(cast: Cast, window: OpenWindow) -> None:
    alice, charlie = window(cast.alice), window(cast.charlie)
    expect(charlie.page.locator("#thread-none")).to_contain_text("Nothing is assigned to you yet.")
    expect(alice.page.locator("#thread-none")).to_contain_text("Choose a conversation")
    alice.page.click("#more-filters")
    expect(alice.page.locator("#filters")).to_be_visible()
    expect(alice.page.locator("#clear-filters")).to_be_hidden()
    alice.page.click("[data-view=mine]")
    expect(alice.page.locator("#list-empty")).to_contain_text("Nothing is assigned to you.")
    expect(alice.page.locator("#clear-filters")).to_be_visible()


def test_an_admin_takes_a_conversation_with_the_first_option(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    first = alice.page.locator("#assignee option").first
    expect(first).to_have_text("Assign to me")
    alice.page.select_option("#assignee", label="Assign to me")
    expect(first).to_have_text("Alice (you)")
    stored = "SELECT assignee_id FROM conversations"
    eventually(lambda: database.value(stored) == cast.alice.id)


def test_the_contact_pane_opens_by_itself_only_where_there_is_room(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    database.rows("UPDATE contacts SET created_at = now() + interval '1 minute'")
    address = f"/inbox/{cast.conversation.id}"
    narrow, wide = window(cast.alice, address, width=1280), window(cast.bob, address)
    expect(wide.page.locator("#contact-pane")).to_contain_text("Last wrote")
    expect(wide.page.get_by_text("First seen")).to_be_hidden()
    expect(narrow.page.locator("#contact-pane")).to_be_hidden()
    database.rows("UPDATE contacts SET created_at = now() - interval '1 day'")
    narrow.page.click("#contact-toggle")
    narrow.reload()
    expect(narrow.page.get_by_text("First seen")).to_be_visible()


def test_what_was_written_in_metas_apps_says_so_once_per_group(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    start = datetime.now(UTC)
    with app.app_context():
        for number in range(3):
            at = start + timedelta(minutes=20 * number, days=1)
            rows.message(cast.conversation, f"Part {number}", Direction.OUTGOING, sent_at=at)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.bubble("Part")).to_have_count(3)
    apart = "[...document.querySelectorAll('.message-out .author')].map((e) => e.offsetHeight > 4)"
    days = bob.page.locator(".day-line").count() - 1  # midnight may fall between them
    bob.until(lambda: bob.measure(apart).count(True) == max(1, days))


def test_at_360_pixels_the_head_can_be_pressed_and_the_bar_read(
    cast: Cast, window: OpenWindow
) -> None:
    phone = window(cast.alice, width=360)
    clipped = (
        "[...document.querySelectorAll('.rail-label')].map((e) => e.scrollHeight - e.offsetHeight)"
    )
    assert max(phone.measure(clipped)) <= 0
    phone.open("Zelda Quill")
    expect(phone.page.locator("#assignee-initial")).to_have_text("B")
    expect(phone.page.locator("#assignee-initial")).to_be_visible()
    for control in ("#back", "#assignee", "#resolve", "#contact-toggle"):
        box = phone.page.locator(control).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40, control
    assert phone.measure("document.documentElement.scrollWidth") <= 360


def test_the_rail_names_what_the_pointer_is_on(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice)
    entry = alice.page.locator(".rail-entry", has_text="Team")
    hidden = entry.locator(".rail-label").bounding_box()
    assert hidden is not None
    assert hidden["width"] <= 1
    entry.hover()
    alice.until(lambda: (entry.locator(".rail-label").bounding_box() or hidden)["width"] > 20)
