"""Rightly signed and wrong: 200 and a failure that can be seen, never a 500, never stuck."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from flask import Flask

from inbox.actions.failures import replay_failure
from inbox.models import WebhookFailure
from inbox.simulator.signature import wire_text
from tests.api.seats import Seat
from tests.cast import Cast, sign_in
from tests.stores import Database
from tests.webhooks.wire import NOON, Door, Line, new_mid

Delivery = dict[str, Any]


def failures(database: Database) -> list[dict[str, Any]]:
    return database.rows("SELECT * FROM webhook_failures ORDER BY id")


BODIES = {
    "empty": (b"", "the body is not JSON"),
    "not JSON": (b"object=page&entry=1", "the body is not JSON"),
    "cut short": (b'{"object": "page", "entry": [', "the body is not JSON"),
    "a list": (b"[]", "the body is not an object"),
    "a text": (b'"page"', "the body is not an object"),
    "null": (b"null", "the body is not an object"),
    "a number of 5000 digits": (b"1" * 5000, "the body is not JSON"),
    "invalid UTF-8": (b'{"object": "page\xff", "entry": []}', "the body is not UTF-8"),
    "UTF-16": ('{"object": "page"}'.encode("utf-16"), "entry is not a list"),
    "no object": (b'{"entry": []}', "object is missing or no id"),
    "an object as object": (b'{"object": {}, "entry": []}', "object is missing or no id"),
    "no entry": (b'{"object": "page"}', "entry is not a list"),
    "an entry that is no list": (b'{"object": "page", "entry": {}}', "entry is not a list"),
    "nested 100,000 deep": (
        b'{"object": "page", "entry": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "the body is nested too deep",
    ),
    "half a character as object": (b'{"object": "\\ud800", "entry": []}', "object holds half"),
}


@pytest.mark.parametrize("fault", BODIES)
def test_a_body_that_cannot_be_read_is_journalled_as_a_failure(
    fault: str, door: Door, database: Database
) -> None:
    body, reason = BODIES[fault]
    door.takes(body)
    (failure,) = failures(database)
    assert failure["reason"].startswith(reason)
    assert (bytes(failure["body"]), failure["organization_id"]) == (body, None)
    assert bytes(database.value("SELECT body FROM webhook_deliveries")) == body


def test_nesting_of_any_depth_is_taken_or_set_aside(
    door: Door, messenger: Line, cast: Cast, database: Database
) -> None:
    depths = [1, 50, 99, 101, *range(440, 500, 6), *range(900, 1100, 8)]
    unknown = messenger.item(hologram="NESTED")
    file = messenger.text("x", attachments=[{"type": "image", "payload": {"x": "NESTED"}}])
    for depth in depths:
        for item in (unknown, file):
            body = wire_text(messenger.delivery(item, messenger.text("sound")))
            nested = b"[" * depth + b"]" * depth
            door.takes(body.replace(b'"NESTED"', nested))
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 2 * len(depths)
    reasons = [(row["reason"], row["organization_id"]) for row in failures(database)]
    events = reasons.count(("the event is nested too deep", cast.organization.id))
    bodies = reasons.count(("the body is nested too deep", None))
    assert (events > 6, bodies > 6, events + bodies) == (True, True, len(reasons))
    sound = database.value("SELECT count(*) FROM messages WHERE content = 'sound'")
    assert sound == 2 * len(depths) - bodies


JUNK: list[object] = [None, True, 7, 1.5, "text", [], {}, [None], {"x": None}, [[]], -1]
PLACES = [
    ("entry", 0),
    ("entry", 0, "id"),
    ("entry", 0, "messaging"),
    ("entry", 0, "messaging", 0),
    *(
        ("entry", 0, "messaging", 0, *rest)
        for rest in (
            ("sender",),
            ("sender", "id"),
            ("recipient",),
            ("recipient", "id"),
            ("timestamp",),
            ("message",),
            ("message", "mid"),
            ("message", "text"),
            ("message", "is_echo"),
            ("message", "is_deleted"),
            ("message", "metadata"),
            ("message", "app_id"),
            ("message", "reply_to"),
            ("message", "reply_to", "mid"),
            ("message", "reply_to", "story"),
            ("message", "reply_to", "story", "url"),
            ("message", "quick_reply"),
            ("message", "quick_reply", "payload"),
            ("message", "commands"),
            ("message", "commands", 0),
            ("message", "referral"),
            ("message", "referral", "ads_context_data"),
            ("message", "referral", "product"),
            ("message", "attachments"),
            ("message", "attachments", 0),
            ("message", "attachments", 0, "type"),
            ("message", "attachments", 0, "title"),
            ("message", "attachments", 0, "payload"),
            ("message", "attachments", 0, "payload", "url"),
            ("message", "attachments", 0, "payload", "title"),
        )
    ),
]
OTHER_KINDS: dict[str, dict[str, object]] = {
    "reaction": {"mid": "m_x", "action": "react", "reaction": "love", "emoji": "❤"},
    "message_edit": {"mid": "m_x", "text": "x", "num_edit": 1},
    "read": {"mid": "m_x", "watermark": NOON},
    "delivery": {"watermark": NOON, "mids": ["m_x"]},
    "postback": {"mid": "m_x", "title": "x", "payload": "x", "referral": {"ref": "x"}},
    "referral": {"ref": "x", "source": "x", "ad_id": "x", "product": {"id": "x"}},
    "policy_enforcement": {"action": "block", "reason": "x"},
    "message_request": {},
}


def with_everything(line: Line) -> Delivery:
    return line.delivery(
        line.text(
            "x",
            reply_to={"mid": "m_x", "story": {"id": "1", "url": "https://x.test"}},
            quick_reply={"payload": "x"},
            commands=[{"name": "x"}],
            referral={"ref": "x", "ads_context_data": {}, "product": {"id": "1"}},
            attachments=[{"type": "image", "payload": {"url": "https://x.test", "title": "x"}}],
        )
    )


def put(payload: Any, place: tuple[str | int, ...], value: object) -> None:
    for key in place[:-1]:
        payload = payload[key]
    payload[place[-1]] = value


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_wrong_types_anywhere_are_taken_or_set_aside_and_the_others_are_stored(
    place: tuple[str | int, ...], door: Door, messenger: Line, database: Database
) -> None:
    for junk in JUNK:
        delivery, sound = with_everything(messenger), new_mid()
        put(delivery, place, junk)
        delivery["entry"] += messenger.delivery(messenger.text("sound", sound))["entry"]
        door.takes(delivery)
        assert database.value("SELECT count(*) FROM messages WHERE mid = %s", sound) == 1


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_wrong_types_in_other_events_do_no_harm(
    kind: str, door: Door, messenger: Line, database: Database
) -> None:
    odd = [*JUNK, float("inf"), float("nan"), 10**400, "9" * 400, "\x00", "x" * 3000]
    contents: list[object] = list(odd)
    for name, sound in OTHER_KINDS[kind].items():
        contents += [OTHER_KINDS[kind] | {name: junk} for junk in odd]
        contents.append({key: value for key, value in OTHER_KINDS[kind].items() if key != name})
        if isinstance(sound, dict):
            contents += [OTHER_KINDS[kind] | {name: {key: o}} for key in sound for o in odd]
    items = [messenger.item(**{kind: content}) for content in contents]
    mid = new_mid()
    body = json.dumps(messenger.delivery(*items, messenger.text("sound", mid))).encode()
    door.takes(body)
    assert database.value("SELECT count(*) FROM messages WHERE mid = %s", mid) == 1


@pytest.mark.parametrize(
    "moment",
    [None, "noon", "", [], {}, True, -1, 0, 10**30, float("inf"), float("nan"), "1" * 5000, 1e300],
)
def test_a_moment_that_is_none_sets_its_event_aside(
    moment: object, door: Door, messenger: Line, cast: Cast, database: Database
) -> None:
    door.takes(json.dumps(messenger.delivery(messenger.text("x", at=moment))).encode())
    (failure,) = failures(database)
    assert failure["reason"] == "timestamp is no time"
    assert failure["organization_id"] == cast.organization.id


@pytest.mark.parametrize("mid", ["", None, True, 1.5, [], {}, "a\x00b", "x" * 1001, "\ud800"])
def test_a_mid_that_is_none_sets_its_event_aside(
    mid: object, door: Door, messenger: Line, database: Database
) -> None:
    item = messenger.item(message={"mid": mid, "text": "x"})
    door.takes(json.dumps(messenger.delivery(item)).encode())
    assert len(failures(database)) == 1


def test_one_bad_event_among_fifty_is_set_aside_with_its_reason_and_49_are_stored(
    door: Door, line: Line, cast: Cast, database: Database
) -> None:
    items = [line.text(f"number {n}", at=NOON + n) for n in range(50)]
    items[17]["message"]["text"] = {"not": "a text"}
    door.takes(line.delivery(*items))
    found = database.rows("SELECT content FROM messages WHERE content LIKE 'number %%' ORDER BY id")
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
        from inbox.extensions import db

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
