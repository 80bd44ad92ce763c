"""What happens to a message may be told before the message: it waits, and is not lost."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from inbox.actions.incoming.early_events import prune_early_events, sweep_early_events
from tests.api.seats import Seat
from tests.cast import Cast
from tests.stores import Database
from tests.webhooks.wire import MINUTE, NOON, Door, Item, Line, new_mid

LATER = NOON + MINUTE


def later_events(line: Line, mid: str) -> dict[str, Item]:
    return {
        "reaction": line.item(LATER, reaction={"mid": mid, "action": "react", "emoji": "😂"}),
        "edit": line.item(LATER, message_edit={"mid": mid, "text": "edited", "num_edit": 1}),
        "unsend": line.item(LATER, message={"mid": mid, "is_deleted": True}),
    }


def shows(kind: str, message: dict[str, Any]) -> bool:
    shown = {
        "reaction": bool(message["reactions"]),
        "edit": message["content"] == "edited",
        "unsend": message["isDeleted"] is True,
    }
    return bool(shown[kind])


@pytest.mark.parametrize("kind", ["reaction", "edit", "unsend"])
def test_it_is_applied_when_its_message_comes(
    kind: str, door: Door, line: Line, alice: Seat, database: Database
) -> None:
    mid = new_mid()
    early = line.delivery(later_events(line, mid)[kind])
    for _ in range(2):
        door.takes(early)
    assert database.value("SELECT count(*) FROM early_events") == 1
    assert alice.conversations() == [r for r in alice.conversations() if not r["unreadCount"]]

    door.takes(line.delivery(line.text("Hello", mid)))
    chat = alice.ear.waits_for("new_message")["chat_id"]
    (message,) = alice.messages(chat)
    assert shows(kind, message)
    assert database.value("SELECT count(*) FROM early_events") == 0
    if alice.ear.all("new_message")[0]["message"] != message:
        assert alice.ear.waits_for("message_updated")["message"] == message


def test_all_that_waited_is_applied_in_metas_order(door: Door, line: Line, alice: Seat) -> None:
    mid = new_mid()
    for number in (2, 1, 3):
        content = {"mid": mid, "text": f"edit {number}", "num_edit": number}
        door.takes(line.delivery(line.item(NOON + number, message_edit=content)))
    door.takes(line.delivery(later_events(line, mid)["reaction"], line.text("Hello", mid)))
    chat = alice.ear.waits_for("new_message")["chat_id"]
    (message,) = alice.messages(chat)
    assert (message["content"], len(message["reactions"])) == ("edit 3", 1)


def test_an_event_beside_its_message_in_one_delivery_counts_whatever_their_order(
    door: Door, line: Line, alice: Seat
) -> None:
    mid = new_mid()
    door.takes(line.delivery(later_events(line, mid)["edit"], line.text("Hello", mid)))
    chat = alice.ear.waits_for("new_message")["chat_id"]
    assert alice.messages(chat)[0]["content"] == "edited"


def test_an_early_event_that_nobody_applied_is_found_by_the_sweep(
    *, door: Door, line: Line, alice: Seat, app: Flask, database: Database, cast: Cast
) -> None:
    mid = new_mid()
    door.takes(line.delivery(line.text("Hello", mid)))
    message = alice.new_message()
    # As a race leaves it: neither transaction saw the other.
    body = line.delivery(later_events(line, mid)["reaction"])
    database.rows(
        "INSERT INTO early_events (facebook_page_id, mid, body) VALUES (%s, %s, %s)",
        cast.page.id,
        mid,
        json.dumps(body).encode(),
    )
    with app.app_context():
        sweep_early_events()
    told = alice.updated_message()
    assert told["id"] == message["id"]
    assert len(told["reactions"]) == 1


def test_an_early_event_whose_process_died_before_it_applied_it_is_not_forgotten(
    *, door: Door, line: Line, alice: Seat, app: Flask, database: Database, cast: Cast
) -> None:
    """Its message is there and is delivered again: it is no new one then."""
    mid = new_mid()
    delivery = line.delivery(line.text("Hello", mid))
    door.takes(delivery)
    message = alice.new_message()
    body = json.dumps(line.delivery(later_events(line, mid)["reaction"])).encode()
    database.rows(
        "INSERT INTO early_events (facebook_page_id, mid, body, created_at)"
        " VALUES (%s, %s, %s, now() - interval '2 hours')",
        cast.page.id,
        mid,
        body,
    )
    door.takes(delivery)
    with app.app_context():
        sweep_early_events()
    assert database.value("SELECT count(*) FROM early_events") == 1, "they look at the newest only"
    with app.app_context():
        prune_early_events()
    told = alice.updated_message()
    assert (told["id"], len(told["reactions"])) == (message["id"], 1)
    assert database.value("SELECT count(*) FROM early_events") == 0


@pytest.mark.faults
def test_message_and_later_events_at_the_same_moment_lose_nothing(
    door: Door, line: Line, app: Flask, database: Database
) -> None:
    trials = 20
    mids = [new_mid() for _ in range(trials)]
    start = threading.Barrier(3)

    def post(payload: dict[str, Any]) -> None:
        start.wait(10)
        door.takes(payload)

    with ThreadPoolExecutor(3) as pool:
        for n, mid in enumerate(mids):
            own = line.with_person(f"77{n}")
            later = later_events(own, mid)
            payloads = [own.text("Hello", mid), later["reaction"], later["edit"]]
            for done in [pool.submit(post, own.delivery(item)) for item in payloads]:
                done.result(20)
    with app.app_context():
        sweep_early_events()
    rows = database.rows("SELECT * FROM messages WHERE mid = ANY(%s)", mids)
    assert len(rows) == trials
    assert {(row["content"], len(row["reactions"])) for row in rows} == {("edited", 1)}
    assert database.value("SELECT count(*) FROM early_events") == 0


def test_events_of_messages_that_never_came_are_forgotten_after_seven_days(
    door: Door, line: Line, app: Flask, database: Database
) -> None:
    for _ in range(2):
        door.takes(line.delivery(later_events(line, new_mid())["edit"]))
    database.rows(
        "UPDATE early_events SET created_at = now() - interval '7 days 1 minute'"
        " WHERE id = (SELECT min(id) FROM early_events)"
    )
    newest = database.value("SELECT max(id) FROM early_events")
    with app.app_context():
        prune_early_events()
    assert database.value("SELECT id FROM early_events") == newest
