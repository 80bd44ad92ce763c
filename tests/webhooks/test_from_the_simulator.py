"""The pretend Meta as the sender: its bytes, its signatures, its disorder."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.actions.facebook_pages import pages
from inbox.simulator.customer import KINDS
from inbox.simulator.server import Simulator
from inbox.simulator.webhooks import Order
from inbox.simulator.world import Person, Platform
from tests.cast import organization
from tests.processes import Web
from tests.stores import Database

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def connected(meta: Simulator, live: Web, app: Flask) -> None:
    """The simulator's page is ours, and its webhooks come to `live`."""
    with app.app_context():
        pages.connect_page(
            organization(),
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )


def thread(database: Database, person: Person) -> list[tuple[str, str, bool]]:
    """As we have it: mid, text and whether it is ours, in the thread's order."""
    rows = database.rows(
        "SELECT m.mid, m.content, m.direction FROM messages m"
        " JOIN conversations v ON v.id = m.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id"
        " WHERE coalesce(c.messenger_psid, c.instagram_sid) = %s AND m.kind = 'MESSAGE'"
        " ORDER BY m.sent_at, m.id",
        person.id,
    )
    return [(row["mid"], row["content"], row["direction"] == "OUTGOING") for row in rows]


def told(meta: Simulator, person: Person) -> list[tuple[str, str, bool]]:
    messages = meta.world.thread_with(person).messages
    return [(m.mid, m.text, m.from_page) for m in sorted(messages, key=lambda m: m.created_ms)]


FIELDS = {
    "text": {"text": "Hej <b>då</b> https://example.test/ 👩‍👩‍👧‍👦"},
    "attachment": {"type": "image"},
    "quick_reply": {"text": "Yes", "payload": "YES"},
    "story_reply": {"text": "Lovely"},
    "ad_message": {"text": "How much?"},
    "product_question": {"text": "In blue?"},
    "command": {"text": "/menu", "name": "menu"},
    "standby": {"text": "To the bot"},
    "page_inbox": {"text": "From the phone"},
}


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_every_kind_of_event_gets_its_200_at_once(
    platform: Platform, meta: Simulator, database: Database
) -> None:
    person = meta.add_person("Eva Lund", platform)
    mid = meta.says(person, "Hello")
    about = {"edit": {"mid": mid, "text": "Hello!"}, "read": {"mid": mid}}
    for kind in KINDS:
        fields = FIELDS.get(kind) or about.get(kind) or {"mid": mid}
        meta.does(person, kind, **fields)
    assert meta.wait_settled()
    assert len(meta.webhooks.deliveries) == len(KINDS) + 1
    attempts = [[a.status for a in delivery.attempts] for delivery in meta.webhooks.deliveries]
    assert attempts == [[200]] * len(attempts)
    assert database.value("SELECT count(*) FROM webhook_deliveries") == len(attempts)
    reasons = [row["reason"] for row in database.rows("SELECT reason FROM webhook_failures")]
    assert [reason.split(" (")[0] for reason in reasons] == [
        "Meta enforces a policy on this Page"
    ], "only what an admin must see"


@pytest.mark.parametrize("order", ["kept", "reversed", "shuffled"])
@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("copies", [1, 3])
def test_the_threads_end_as_meta_has_them_whatever_came_twice_in_batches_or_disorder(
    *, order: Order, batch: bool, copies: int, meta: Simulator, database: Database
) -> None:
    people = [meta.add_person("Eva Lund"), meta.add_person("Ida Ek", "instagram")]
    meta.webhooks.hold()
    now = meta.clock.now_ms()
    for n in range(8):
        for person in people:
            kind = "page_inbox" if n % 3 == 2 else "text"
            meta.does(person, kind, text=f"number {n} ä/", at_ms=now + n * 1000)
    meta.webhooks.release(order, batch=batch, copies=copies)
    assert meta.wait_settled()
    for person in people:
        assert thread(database, person) == told(meta, person)
    assert [row["unread_count"] for row in database.rows("SELECT * FROM conversations")] == [6, 6]
