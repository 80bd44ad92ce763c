"""Events that cannot be taken: set aside with their reason, the others stored, replayed later."""

from __future__ import annotations

import json
import random
from typing import Any

from flask import Flask

from inbox.actions.incoming.failures import replay_failure
from inbox.extensions import db
from inbox.models import WebhookFailure
from inbox.simulator.signature import wire_text
from tests.api.seats import Seat
from tests.cast import Cast, sign_in
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Line, new_mid


def failures(database: Database) -> list[dict[str, Any]]:
    return database.rows("SELECT * FROM webhook_failures ORDER BY id")


def test_one_bad_event_among_fifty_is_set_aside_with_its_reason_and_49_are_stored(
    door: Door, line: Line, cast: Cast, database: Database
) -> None:
    items = [line.text(f"number {n}", at=NOON + n) for n in range(50)]
    items[17]["message"]["text"] = {"not": "a text"}
    door.takes(line.delivery(*items))
    found = database.rows(
        "SELECT content FROM messages WHERE content LIKE 'number %%' ORDER BY sent_at"
    )
    assert [row["content"] for row in found] == [f"number {n}" for n in range(50) if n != 17]
    (failure,) = failures(database)
    assert failure["reason"] == "message.text is not a text"
    assert failure["organization_id"] == cast.organization.id
    assert json.loads(bytes(failure["body"]))["entry"][0]["messaging"] == [items[17]]


def test_events_that_postgresql_refuses_are_set_aside_and_the_others_are_stored(
    door: Door, messenger: Line, database: Database, alice: Seat
) -> None:
    """A mid can be too long for an index, which only PostgreSQL can tell."""
    source = random.Random(7)
    letters = "".join(chr(source.randrange(0x10000, 0x1F000)) for _ in range(1000))
    items = [messenger.text(f"number {n}", at=NOON + n) for n in range(20)]
    items[3]["message"]["mid"] = letters
    items[16]["message"]["mid"] = letters[::-1]
    edit = messenger.item(message_edit={"mid": letters, "text": "x", "num_edit": 1})
    door.takes(messenger.delivery(*items, edit))
    assert database.value("SELECT count(*) FROM messages WHERE content LIKE 'number %%'") == 18
    assert database.value("SELECT max(unread_count) FROM conversations") == 18
    assert len(failures(database)) == 3
    assert all("index row size" in row["reason"] for row in failures(database))
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 1


def test_half_a_character_is_set_aside_and_a_replay_stores_it_with_a_replacement(
    *, door: Door, line: Line, alice: Seat, app: Flask, cast: Cast, database: Database
) -> None:
    mid = new_mid()
    door.takes(wire_text(line.delivery(line.text("half \ud83d of it", mid))))
    (failure,) = failures(database)
    assert failure["reason"] == "message.text holds half a character (a lone surrogate)"
    assert failure["organization_id"] == cast.organization.id
    assert database.value("SELECT count(*) FROM messages WHERE mid = %s", mid) == 0

    admin = sign_in(app, cast.alice)
    assert "half a character" in admin.get("/settings/failures").text
    admin.post(f"/settings/failures/{failure['id']}/replay")
    assert database.value("SELECT content FROM messages WHERE mid = %s", mid) == "half � of it"
    assert alice.new_message()["content"] == "half � of it"
    assert failures(database)[0]["status"] == "REPLAYED"


def test_a_replay_that_cannot_be_taken_stays_with_its_reason(
    door: Door, messenger: Line, app: Flask, cast: Cast, database: Database
) -> None:
    item = {"recipient": {"id": messenger.account}, "policy_enforcement": {"action": "\x00"}}
    door.takes(messenger.delivery(item))
    (before,) = failures(database)
    answer = sign_in(app, cast.alice).post(f"/settings/failures/{before['id']}/replay")
    assert answer.status_code == 303
    (after,) = failures(database)
    assert (after["status"], after["reason"]) == ("FAILED", before["reason"])


def test_a_replay_of_what_was_stored_meanwhile_adds_nothing(
    door: Door, messenger: Line, app: Flask, database: Database
) -> None:
    mid = new_mid()
    body = messenger.delivery(messenger.text("twice \ud800", mid))
    door.takes(body)
    door.takes(messenger.delivery(messenger.text("twice", mid)))
    with app.app_context():
        replay_failure(db.session.get_one(WebhookFailure, failures(database)[0]["id"]))
    assert database.value("SELECT content FROM messages WHERE mid = %s", mid) == "twice"
    assert database.value("SELECT max(unread_count) FROM conversations") == 1


def test_keys_with_nul_and_half_characters_do_no_harm(
    door: Door, messenger: Line, database: Database
) -> None:
    names = ["a\x00b", "a\ud800b", "\x00", "x" * 5000]
    items = [messenger.item(**{name: {}}) for name in names]
    items += [{"recipient": {"id": messenger.account}, name: {}} for name in names]
    files = [{"type": n, "payload": {n: n}} for n in names]
    items += [
        messenger.text("x", attachments=[file], referral={"ref": {"x\x00": 1}}) for file in files
    ]
    items += [messenger.text("x", referral={"ref": n, "ad_id": {n: n}}) for n in names]
    door.takes(wire_text(messenger.delivery(*items, messenger.text("sound"))))
    assert database.value("SELECT count(*) FROM messages WHERE content = 'sound'") == 1
