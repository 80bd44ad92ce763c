"""What happens in one place is seen in the others, without reloading."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Route, expect

from tests import cast as rows
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.stores import Database

COUNTS = "**/api/counts"


def test_an_admin_and_the_assigned_agent_see_a_message_and_an_unassigned_agent_nothing(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    alice, bob, charlie = window(cast.alice), window(cast.bob), window(cast.charlie)
    customer.writes("Do you bake on Sundays?")
    for seat in (alice, bob):
        expect(seat.row("Zelda Quill")).to_contain_text("Do you bake on Sundays?")
        expect(seat.row("Zelda Quill").locator(".row-badge")).to_contain_text("1")
    assert database.value("SELECT count(*) FROM messages WHERE content LIKE '%Sundays%'") == 1
    expect(charlie.page.locator("#list-empty")).to_contain_text("Nothing is assigned to you yet")
    expect(charlie.rows).to_have_count(0)


def test_the_list_keeps_the_newest_on_top(
    app: Flask, cast: Cast, window: OpenWindow, customer: Customer, stranger: Customer
) -> None:
    alice = window(cast.alice)
    stranger.writes("Somebody new")
    expect(alice.rows.first).to_contain_text("Somebody new")
    customer.writes("And me again")
    expect(alice.rows.first).to_contain_text("And me again")
    expect(alice.rows).to_have_count(2)


def test_the_title_counts_what_is_unread_and_opening_a_thread_reads_it_for_everybody(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    alice, bob = window(cast.alice), window(cast.bob)
    customer.writes("Hello?")
    expect(alice.page).to_have_title("(1) Inbox")
    expect(bob.page).to_have_title("(1) Inbox")
    bob.open("Zelda Quill")
    expect(bob.page.locator(".unread-line")).to_be_visible()
    for seat in (alice, bob):
        expect(seat.page).to_have_title("Inbox")
        expect(seat.row("Zelda Quill").locator(".row-badge")).to_have_count(0)
    assert database.value("SELECT sum(unread_count) FROM conversations") == 0


def test_what_an_answer_and_an_event_both_tell_is_counted_once(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    alice = window(cast.alice)
    held: list[Route] = []
    alice.page.route(COUNTS, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
    alice.reload()
    alice.until(lambda: held)
    # It is unread, and the browser has not been told yet.
    database.rows("UPDATE conversations SET unread_count = 1 WHERE id = %s", cast.conversation.id)
    held[0].continue_()
    expect(alice.page).to_have_title("(1) Inbox")
    customer.writes("Hello?")
    expect(alice.row("Zelda Quill").locator(".row-badge")).to_contain_text("2")
    expect(alice.page).to_have_title("(1) Inbox")


def test_a_message_in_an_open_thread_is_read_as_it_comes(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    customer.writes("Are you there?")
    expect(bob.bubble("Are you there?")).to_be_visible()
    eventually(lambda: database.value("SELECT sum(unread_count) FROM conversations") == 0)


def test_messages_that_come_in_the_wrong_order_stand_in_metas_order(
    cast: Cast, window: OpenWindow, customer: Customer
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    for text, ago in (("third", 1), ("first", 3), ("second", 2)):
        customer.writes(text, ago=ago)
    expect(bob.bubbles).to_have_count(4)
    assert [text for text in bob.texts() if text in "first second third"] == [
        "first",
        "second",
        "third",
    ]


def test_a_reaction_an_edit_and_an_unsend_change_the_bubble(
    cast: Cast, window: OpenWindow, instagrammer: Customer, customer: Customer
) -> None:
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    mid = customer.writes("I want two cakes")
    expect(alice.bubble("I want two cakes")).to_be_visible()
    customer.does(reaction={"mid": mid, "action": "react", "reaction": "love", "emoji": "❤"})
    expect(alice.bubble("I want two cakes").locator(".reaction")).to_have_text("❤")
    customer.does(message_edit={"mid": mid, "text": "I want three cakes", "num_edit": 1})
    expect(alice.bubble("I want three cakes").locator(".meta")).to_contain_text("Edited")
    expect(alice.bubble("two cakes")).to_have_count(0)
    unsent = instagrammer.writes("Something silly")
    alice.row("Something silly").click()
    expect(alice.bubble("Something silly")).to_be_visible()
    instagrammer.sends({"mid": unsent, "is_deleted": True})
    expect(alice.bubble("This message was unsent.")).to_be_visible()
    expect(alice.bubble("Something silly")).to_have_count(0)


def test_a_conversation_is_given_to_an_agent_from_its_thread(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    charlie = window(cast.charlie)
    expect(bob.bubble("marzipan")).to_be_visible()
    alice.page.select_option("#assignee", label="Charlie")
    expect(charlie.row("Zelda Quill")).to_be_visible()
    expect(bob.page.locator("#thread-gone")).to_contain_text("no longer yours")
    expect(bob.rows).to_have_count(0)
    assert database.value("SELECT assignee_id FROM conversations") == cast.charlie.id
    alice.page.select_option("#assignee", label="Bob")
    expect(bob.bubble("marzipan")).to_be_visible()
    expect(charlie.rows).to_have_count(0)


def test_resolving_and_reopening_are_seen_in_the_list(
    cast: Cast, window: OpenWindow, customer: Customer
) -> None:
    alice, bob = window(cast.alice, f"/inbox/{cast.conversation.id}"), window(cast.bob)
    alice.page.click("#resolve")
    expect(bob.row("Zelda Quill")).to_contain_text("Resolved")
    expect(alice.page.locator("#resolve")).to_contain_text("Reopen")
    customer.writes("One more thing")
    expect(bob.row("Zelda Quill")).not_to_contain_text("Resolved")
    expect(alice.page.locator("#status")).to_have_value("OPEN")


def test_filters_follow_what_changes_and_stand_in_the_address(
    app: Flask, cast: Cast, window: OpenWindow, customer: Customer
) -> None:
    with app.app_context():
        rows.conversation(rows.contact(cast.page, "Yusuf Aydın"))
    alice = window(cast.alice)
    alice.page.click("[data-view=unread]")
    expect(alice.page.locator("#list-empty")).to_contain_text("All caught up")
    customer.writes("Fresh")
    expect(alice.row("Zelda Quill")).to_be_visible()
    expect(alice.page).to_have_url(re.compile(r"/inbox\?unread=1$"))
    alice.reload()
    expect(alice.row("Zelda Quill")).to_be_visible()
    alice.page.click("[data-view=unassigned]")
    expect(alice.row("Yusuf Aydın")).to_be_visible()
    expect(alice.rows).to_have_count(1)
    alice.page.click("[data-view=all]")
    alice.page.fill("#search", "yus")
    expect(alice.rows).to_have_count(1)
    alice.page.fill("#search", "nobody like that")
    expect(alice.page.locator("#list-empty")).to_contain_text("Nobody by that name")
    alice.page.click("#list-empty button")
    expect(alice.rows).to_have_count(2)
