"""Answering: at once, once, and honest about what went wrong."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import APIResponse, Route, expect

from inbox.actions.facebook_pages.pages import connect_page
from inbox.local.processes import Process
from inbox.simulator.server import Simulator
from tests import cast as rows
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.stores import Database

POSTS = "**/api/conversations/*/messages"


def replies(database: Database) -> list[str]:
    stored = "SELECT content FROM messages WHERE direction = 'OUTGOING' ORDER BY id"
    return [row["content"] for row in database.rows(stored)]


def test_a_reply_shows_at_once_and_is_one_bubble_when_the_server_has_it(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    held: list[Route] = []
    bob.page.route(POSTS, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    bob.reply("Yes, at noon.")
    waiting = bob.bubble("Yes, at noon.")
    expect(waiting).to_have_attribute("data-delivery", "SENDING")
    expect(bob.page.locator("#reply")).to_have_value("")
    assert replies(database) == []
    bob.until(lambda: held)
    held[0].continue_()
    expect(waiting).to_have_attribute("data-id", _id(database))
    expect(waiting).to_have_count(1)
    expect(bob.row("Zelda Quill")).to_contain_text("Replied: Yes, at noon.")


def _id(database: Database) -> str:
    stored = "SELECT id FROM messages WHERE direction = 'OUTGOING'"
    return str(eventually(lambda: database.rows(stored))[0]["id"])


def test_a_reply_of_a_few_emoji_is_large_from_the_start(cast: Cast, window: OpenWindow) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    held: list[Route] = []
    bob.page.route(POSTS, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    for text in ("\N{THUMBS UP SIGN}\U0001f3fd \N{SPARKLES}", "\N{SPARKLES} wow"):
        bob.reply(text)
    waiting = bob.page.locator(".message-out .text")
    expect(waiting).to_have_class([re.compile("is-emoji"), re.compile("^text$")])
    bob.until(lambda: held)
    held[0].continue_()
    expect(bob.page.locator(".message-out[data-id] .text.is-emoji")).to_have_count(1)


def test_the_event_may_come_before_the_answer(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob, alice = window(cast.bob, f"/inbox/{cast.conversation.id}"), window(cast.alice)

    held: list[tuple[Route, APIResponse]] = []
    bob.page.route(POSTS, lambda route: held.append((route, route.fetch())))
    bob.reply("Early bird")
    expect(alice.row("Zelda Quill")).to_contain_text("Replied: Early bird")
    expect(bob.bubble("Early bird")).to_have_attribute("data-id", _id(database))
    bob.until(lambda: held)
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(bob.row("Zelda Quill")).to_contain_text("Replied: Early bird")
    expect(bob.bubble("Early bird")).to_have_count(1)


def test_a_reply_that_could_not_leave_is_tried_again_and_sent_once(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    bob.page.route(POSTS, lambda route: route.abort())
    bob.reply("Can you hear me?")
    expect(bob.bubble("Can you hear me?")).to_have_attribute("data-delivery", "FAILED")
    bob.reload()  # it is not lost with the page
    expect(bob.bubble("Can you hear me?").locator(".trouble")).to_contain_text("not left")
    bob.page.unroute(POSTS)
    bob.page.click("[data-action=retry]")
    expect(bob.bubble("Can you hear me?")).to_have_attribute("data-id", _id(database))
    bob.reload()
    expect(bob.bubble("Can you hear me?")).to_have_count(1)
    assert replies(database) == ["Can you hear me?"]


def test_an_unsent_reply_can_be_taken_back_and_changed(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    bob.page.route(POSTS, lambda route: route.abort())
    bob.reply("Wrong word")
    bob.page.click("[data-action=edit]")
    expect(bob.page.locator("#reply")).to_have_value("Wrong word")
    expect(bob.bubble("Wrong word")).to_have_count(0)
    bob.reload()
    expect(bob.bubbles).to_have_count(1)
    assert replies(database) == []


def test_what_meta_refused_says_why_and_retry_sends_it(
    app: Flask, meta: Simulator, cast: Cast, window: OpenWindow, workers: Process
) -> None:
    with app.app_context():
        connect_page(
            cast.organization,
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )
    alice = window(cast.alice)
    person = meta.add_person("Yusuf Aydın")
    meta.says(person, "Is it ready?")
    alice.row("Is it ready?").click()
    expect(alice.bubble("Is it ready?")).to_be_visible()
    meta.faults.next("send", "error", code=551, message="This person isn't available")
    alice.reply("Yes, come by")
    bubble = alice.bubble("Yes, come by")
    expect(bubble.locator(".trouble")).to_contain_text("cannot be reached", timeout=15_000)
    expect(alice.bubbles).to_have_count(2)
    bubble.locator("[data-action=retry]").click()
    expect(bubble).to_have_attribute("data-delivery", "READ", timeout=15_000)
    expect(alice.bubble("Yes, come by")).to_have_count(1)


def test_enter_sends_and_shift_enter_breaks_the_line(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    bob.page.click("#reply")
    bob.page.keyboard.type("Two")
    bob.page.keyboard.press("Shift+Enter")
    bob.page.keyboard.type("lines")
    expect(bob.page.locator("#reply")).to_have_value("Two\nlines")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    bob.measure(f"document.getElementById('reply').dispatchEvent({composing})")
    expect(bob.page.locator("#reply")).to_have_value("Two\nlines")
    bob.page.keyboard.press("Enter")
    expect(bob.bubbles).to_have_count(2)
    eventually(lambda: replies(database) == ["Two\nlines"])


def test_quick_replies_keep_their_order(cast: Cast, window: OpenWindow, database: Database) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    words = [f"Word {number}" for number in range(6)]
    for word in words:
        bob.reply(word)
    assert bob.texts()[-6:] == words
    expect(bob.page.locator("#messages .message-out[data-id='']")).to_have_count(0)
    eventually(lambda: replies(database) == words)
    assert bob.texts()[-6:] == words


def test_each_conversation_keeps_its_draft(app: Flask, cast: Cast, window: OpenWindow) -> None:
    with app.app_context():
        rows.message(
            rows.conversation(rows.contact(cast.page, "Yusuf Aydın"), assignee=cast.bob), "Hi"
        )
    bob = window(cast.bob)
    bob.open("Zelda Quill")
    bob.page.fill("#reply", "For Zelda")
    bob.open("Yusuf Aydın")
    expect(bob.page.locator("#reply")).to_have_value("")
    bob.page.fill("#reply", "For Yusuf")
    bob.reload()
    expect(bob.page.locator("#reply")).to_have_value("For Yusuf")
    bob.open("Zelda Quill")
    expect(bob.page.locator("#reply")).to_have_value("For Zelda")


def test_the_length_that_the_platform_takes_is_told_before_sending(
    cast: Cast, window: OpenWindow, instagrammer: Customer
) -> None:
    instagrammer.writes("Hello")
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    alice.page.fill("#reply", "é" * 1999)
    expect(alice.page.locator("#send")).to_be_enabled()
    alice.page.fill("#reply", "é" * 2000)
    expect(alice.page.locator("#composer-length")).to_have_text("1 characters too long")
    expect(alice.page.locator("#send")).to_be_disabled()
    alice.row("Hello").click()
    expect(alice.page.locator("#thread-place")).to_contain_text("Instagram")
    alice.page.fill("#reply", "é" * 501)
    expect(alice.page.locator("#composer-length")).to_have_text("2 bytes too long")


def test_the_reply_window_counts_down_and_says_why_it_is_closed(
    app: Flask, cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    ago = "UPDATE conversations SET last_incoming_at = now() - %s * interval '1 minute'"
    database.rows(ago, 23 * 60 + 1)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.page.locator("#composer-window")).to_have_text("You can answer for 59 min")
    database.rows(ago, 25 * 60)
    bob.reload()
    expect(bob.page.locator("#composer-notice")).to_contain_text("24 hours")
    expect(bob.page.locator("#reply")).to_be_disabled()
    customer.writes("I am back")
    expect(bob.page.locator("#reply")).to_be_enabled()
    database.rows("UPDATE facebook_pages SET has_human_agent = true")
    database.rows(ago, 3 * 24 * 60)
    bob.reload()
    expect(bob.page.locator("#composer-window")).to_contain_text("human agent")
