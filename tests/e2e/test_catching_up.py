"""A browser that was cut off ends up with what the database holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.e2e.history import write_history
from tests.processes import Starter
from tests.stores import Database


def test_after_the_server_was_away_the_browser_has_everything_without_reloading(
    app: Flask, cast: Cast, window: OpenWindow, start: Starter, database: Database
) -> None:
    web = start.web()
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}", web=web)
    bob.page.evaluate("window.isTheSamePage = true")
    web.process.kill()
    expect(bob.page.locator("#connection")).to_contain_text("Reconnecting")
    with app.app_context():
        for number in range(40):
            rows.message(cast.conversation, f"While you were away {number}")
        other = rows.conversation(rows.contact(cast.page, "Yusuf Aydın"), assignee=cast.bob)
        rows.message(other, "I am new here")
    start.web(PORT=web.url.rpartition(":")[2])
    expect(bob.page.locator("#connection")).to_be_hidden(timeout=20_000)
    expect(bob.bubble("While you were away 39")).to_be_visible()
    expect(bob.rows).to_have_count(2)
    stored = "SELECT count(*) FROM messages WHERE conversation_id = %s"
    expect(bob.bubbles).to_have_count(database.value(stored, cast.conversation.id))
    assert bob.names() == ["Yusuf Aydın", "Zelda Quill"]
    assert bob.page.evaluate("window.isTheSamePage")


def test_a_conversation_lost_while_away_is_gone_afterwards(
    cast: Cast, window: OpenWindow, start: Starter
) -> None:
    web = start.web()
    alice, bob = window(cast.alice), window(cast.bob, web=web)
    expect(bob.rows).to_have_count(1)
    web.process.kill()
    expect(bob.page.locator("#connection")).to_be_visible()
    alice.open("Zelda Quill")
    alice.page.select_option("#assignee", label="Charlie")
    expect(alice.row("Zelda Quill")).to_contain_text("Charlie")
    start.web(PORT=web.url.rpartition(":")[2])
    expect(bob.page.locator("#list-empty")).to_be_visible(timeout=20_000)


def test_what_the_socket_never_told_arrives_when_the_window_comes_back(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    with app.app_context():
        rows.message(cast.conversation, "Nobody told you this")
    bob.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(bob.bubble("Nobody told you this")).to_be_visible()


def test_more_than_can_be_caught_up_with_makes_the_screen_anew_in_place(
    app: Flask, cast: Cast, window: OpenWindow, database: Database
) -> None:
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    write_history(database, cast.conversation, 600, ends="+ interval '100 hours'")
    bob.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(bob.bubble("Number 600")).to_be_visible()
    numbers = [int(text.split()[1]) for text in bob.texts()]  # no hole, and nothing from before it
    assert numbers == list(range(571, 601))
    with app.app_context():
        later = datetime.now(UTC) + timedelta(hours=101)
        rows.message(cast.conversation, "And one more", sent_at=later)
    bob.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(bob.bubble("And one more")).to_be_visible()


def test_the_same_events_in_any_order_show_the_same_as_fetching(
    cast: Cast, window: OpenWindow, customer: Customer, stranger: Customer
) -> None:
    seen_live = window(cast.alice, f"/inbox/{cast.conversation.id}")
    mids = [customer.writes(f"Message {number}", ago=30 - number) for number in range(6)]
    stranger.writes("A stranger")
    customer.does(reaction={"mid": mids[2], "action": "react", "reaction": "wow", "emoji": "😮"})
    customer.does(message_edit={"mid": mids[3], "text": "Message 3, changed", "num_edit": 1})
    customer.door.takes(customer.line.delivery(customer.line.echo("An answer from a phone")))
    for mid in reversed(mids):  # Meta delivers twice
        customer.sends({"mid": mid, "text": "again"}, ago=5)
    expect(seen_live.bubble("Message 3, changed")).to_be_visible()
    expect(seen_live.bubbles).to_have_count(8)
    expect(seen_live.page).to_have_title("(1) Inbox")
    fetched = window(cast.alice, f"/inbox/{cast.conversation.id}")
    markup = "[...document.querySelectorAll('{}')].map((e) => e.innerHTML)"
    for what in ("#messages .bubble", "#messages .reaction", "#rows .row-name", "#rows .row-marks"):
        assert seen_live.measure(markup.format(what)) == fetched.measure(markup.format(what))
