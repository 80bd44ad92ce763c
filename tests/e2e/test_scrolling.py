"""Long lists and long threads: everything is there, nothing jumps, little is held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.e2e.history import write_history
from tests.e2e.window import Window
from tests.stores import Database


def test_older_messages_come_on_scrolling_up_without_a_jump(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    write_history(database, cast.conversation, 150)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.bubble("marzipan")).to_be_in_viewport()
    for _ in range(12):
        before = bob.bubbles.count()
        moved = bob.measure(SCROLL_UP_AND_MEASURE)
        assert abs(moved) <= 1, f"what was in view moved by {moved} px"
        if bob.page.locator(".thread-begin").is_visible():
            break
        assert bob.bubbles.count() > before
    expect(bob.bubbles).to_have_count(151)
    numbers = [int(text.split()[1]) for text in all_texts(bob) if text.startswith("Number")]
    assert numbers == list(range(1, 151))


# Goes up a little, holds the first bubble in view with its place, waits for older ones (or the
# beginning), and answers by how many pixels it moved.
SCROLL_UP_AND_MEASURE = """
(async () => {
  const scroller = document.getElementById("thread-scroll");
  const count = () => document.querySelectorAll("#messages .message").length;
  const before = count();
  scroller.scrollTop = 700;
  await new Promise(requestAnimationFrame);
  const top = scroller.getBoundingClientRect().top;
  const bubbles = [...document.querySelectorAll("#messages .message")];
  const held = bubbles.find((bubble) => bubble.getBoundingClientRect().bottom > top + 100);
  const place = held.getBoundingClientRect().top;
  const ended = () => !document.querySelector(".thread-begin").hidden;
  const deadline = performance.now() + 5000;
  while (count() === before && !ended() && performance.now() < deadline)
    await new Promise((done) => setTimeout(done, 20));
  await new Promise((done) => setTimeout(done, 100));
  return held.getBoundingClientRect().top - place;
})()
"""


def all_texts(window: Window) -> list[str]:
    """Of every bubble, also those too far away to be painted, by scrolling past them."""
    found: dict[str, str] = {}
    for _ in range(60):
        found |= window.measure(
            "Object.fromEntries([...document.querySelectorAll('#messages .message')]"
            ".filter((e) => e.querySelector('.text'))"
            ".map((e) => [e.dataset.id, e.querySelector('.text').textContent.trim()]))"
        )
        if window.measure(
            "(() => { const s = document.getElementById('thread-scroll'); const t = s.scrollTop;"
            " s.scrollTop += 600; return s.scrollTop === t; })()"
        ):
            break
        window.page.wait_for_timeout(30)  # the observer's turn
    order = window.measure(
        "[...document.querySelectorAll('#messages .message')].map((e) => e.dataset.id)"
    )
    return [found[key] for key in order]


def test_who_reads_further_up_is_told_of_new_messages_and_led_to_them(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    write_history(database, cast.conversation, 60)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.bubble("marzipan")).to_be_in_viewport()
    bob.measure("document.getElementById('thread-scroll').scrollTop = 900")
    expect(bob.page.locator("#jump")).to_be_visible()
    place = "document.getElementById('thread-scroll').scrollTop"
    settled = bob.measure(place)
    customer.writes("First of two")
    customer.writes("Second of two")
    expect(bob.page.locator("#jump")).to_contain_text("2 new")
    assert abs(bob.measure(place) - settled) <= 1 or bob.bubbles.count() > 63
    assert database.value("SELECT sum(unread_count) FROM conversations") == 2
    bob.page.click("#jump")
    expect(bob.bubble("Second of two")).to_be_in_viewport()
    expect(bob.page.locator("#jump")).to_be_hidden()
    expect(bob.page.locator(".unread-line")).to_have_count(1)
    expect(bob.row("Zelda Quill").locator(".row-badge")).to_have_count(0)


def test_the_list_goes_on_to_the_end_in_the_databases_order(
    app: Flask, cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    start = datetime.now(UTC) - timedelta(days=1)
    with app.app_context():
        for number in range(95):
            contact = rows.contact(cast.page, f"Person {number}")
            rows.conversation(contact, last_message_at=start - timedelta(minutes=number // 2))
    alice = window(cast.alice)
    expect(alice.rows).to_have_count(30)
    alice.measure("document.getElementById('list-scroll').scrollTop = 1e6")
    expect(alice.rows).to_have_count(60)
    customer.writes("Meanwhile")
    alice.measure("document.getElementById('list-scroll').scrollTop = 1e6")
    expect(alice.rows).to_have_count(90)
    alice.measure("document.getElementById('list-scroll').scrollTop = 1e6")
    expect(alice.rows).to_have_count(96)
    stored = "SELECT id FROM conversations ORDER BY last_message_at DESC, id DESC"
    shown = alice.measure("[...document.querySelectorAll('#rows .row')].map((e) => e.dataset.id)")
    assert shown == [str(row["id"]) for row in database.rows(stored)]


def test_far_bubbles_give_up_their_content_and_get_it_back(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    write_history(database, cast.conversation, 200)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    for _ in range(12):
        bob.measure(SCROLL_UP_AND_MEASURE)
        if bob.page.locator(".thread-begin").is_visible():
            break
    bob.measure("document.getElementById('thread-scroll').scrollTop = 0")
    painted = "document.querySelectorAll('#messages .bubble').length"
    bob.page.wait_for_function(f"{painted} < 80")
    bob.page.click("#jump")
    expect(bob.bubble("marzipan")).to_be_in_viewport()
    bob.page.wait_for_function(f"{painted} < 80")


def test_a_change_far_up_makes_no_hole_before_what_is_loaded(
    cast: Cast, window: OpenWindow, customer: Customer, database: Database
) -> None:
    write_history(database, cast.conversation, 90)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.bubble("Number 90")).to_be_visible()
    customer.does(reaction={"mid": "m_old5", "action": "react", "reaction": "love", "emoji": "❤"})
    customer.writes("After that")
    expect(bob.bubble("After that")).to_be_visible()
    stored = "SELECT jsonb_array_length(reactions) FROM messages WHERE mid = 'm_old5'"
    assert database.value(stored) == 1
    expect(bob.page.locator("#messages .reaction")).to_have_count(0)
    for _ in range(8):
        bob.measure(SCROLL_UP_AND_MEASURE)
    numbers = [int(text.split()[1]) for text in all_texts(bob) if text.startswith("Number")]
    assert numbers == list(range(1, 91))
    bob.measure("document.getElementById('thread-scroll').scrollTop = 0")
    expect(bob.page.locator("#messages .reaction")).to_have_text("❤")


def test_a_tall_reply_leaves_the_newest_message_in_view(
    cast: Cast, window: OpenWindow, database: Database
) -> None:
    write_history(database, cast.conversation, 40)
    bob = window(cast.bob, f"/inbox/{cast.conversation.id}")
    expect(bob.bubble("marzipan")).to_be_in_viewport()
    bob.page.click("#reply")
    for line in range(9):
        bob.page.keyboard.type(f"Line {line}")
        bob.page.keyboard.press("Shift+Enter")
        bob.measure("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        expect(bob.bubble("marzipan")).to_be_in_viewport(ratio=1)
        expect(bob.page.locator("#jump")).to_be_hidden()
    bob.measure("document.getElementById('thread-scroll').scrollTop = 0")
    expect(bob.page.locator("#jump")).to_be_visible()
    below = (
        "document.getElementById('composer').getBoundingClientRect().top"
        " - document.getElementById('jump').getBoundingClientRect().bottom"
    )
    assert 0 < bob.measure(below) < 40
