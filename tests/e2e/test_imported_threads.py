"""What a sync or an auto-fetch brings shows in the thread that is open meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.actions import sync
from inbox.extensions import db
from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.window import Window
from tests.integrations.syncs import connect
from tests.processes import Starter
from tests.stores import Database

LINES = 140
MINUTE = 60_000
LONG = 30_000  # ms that a whole sync may take


@pytest.fixture
def page(app: Flask, cast: Cast, meta: Simulator) -> FacebookPage:
    with app.app_context():
        return connect(cast.organization, meta)


@pytest.fixture
def yara(page: FacebookPage, meta: Simulator) -> Person:
    """She wrote a hundred lines that nobody heard, and then one that was heard."""
    person = meta.add_person("Yara Voss")
    meta.webhooks.holding = True
    now = meta.clock.now_ms()
    for n in range(1, LINES + 1):
        meta.says(person, f"Line {n}", at_ms=now - (LINES + 1 - n) * MINUTE)
    meta.webhooks.clear()
    meta.webhooks.holding = False
    meta.says(person, "Heard at last")
    return person


@pytest.fixture
def alice(cast: Cast, yara: Person, window: OpenWindow, database: Database) -> Window:
    """She has the thread open, and for all that is known it begins there."""
    eventually(lambda: stored(database))
    alice = window(cast.alice)
    alice.open(f"User {yara.id[-6:]}")
    expect(alice.bubble("Heard at last")).to_be_visible()
    expect(alice.page.locator(".thread-begin")).to_be_visible()
    assert alice.bubbles.count() == 1
    return alice


def read_to_the_beginning(window: Window, messages: int) -> list[str]:
    """The ids of all bubbles, from the top down, once there are so many."""
    to_top = "document.getElementById('thread-scroll').scrollTop = 0"
    window.until(lambda: window.measure(to_top) == 0 and window.bubbles.count() >= messages, 15)
    order = "[...document.querySelectorAll('#messages .message')].map((e) => e.dataset.id)"
    ids: list[str] = window.measure(order)
    return ids


def stored(database: Database) -> list[str]:
    found = database.rows(
        "SELECT id FROM messages WHERE conversation_id = (SELECT conversation_id FROM messages"
        " WHERE content = 'Heard at last') ORDER BY sent_at, id"
    )
    return [str(row["id"]) for row in found]


def test_a_thread_that_had_begun_goes_on_to_what_a_sync_brought(
    alice: Window, app: Flask, page: FacebookPage, start: Starter, database: Database
) -> None:
    start.workers("sync")
    with app.app_context():
        sync.request_sync(db.session.get_one(FacebookPage, page.id))
    expect(alice.bubble(f"Line {LINES}")).to_be_visible(timeout=LONG)
    expect(alice.bubble("Heard at last")).to_be_in_viewport()
    assert read_to_the_beginning(alice, LINES + 1) == stored(database)
    expect(alice.page.locator(".thread-begin")).to_be_visible()


def test_a_newcomers_older_messages_come_into_the_open_thread(
    alice: Window, start: Starter, database: Database
) -> None:
    start.workers("default")
    expect(alice.bubble(f"Line {LINES}")).to_be_visible(timeout=LONG)
    expect(alice.row("Yara Voss")).to_be_visible()
    expect(alice.bubble("Heard at last")).to_be_in_viewport()
    assert read_to_the_beginning(alice, 100) == stored(database), "what one call brings"
