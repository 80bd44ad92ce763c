"""Rightly signed and wrong: 200 and a failure that can be seen, never a 500, never stuck."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inbox.simulator.signature import wire_text
from tests.cast import Cast
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


def test_a_body_that_cannot_be_read_is_journalled_as_a_failure(
    door: Door, database: Database
) -> None:
    for fault, (body, reason) in BODIES.items():
        door.takes(body)
        failure = failures(database)[-1]
        assert failure["reason"].startswith(reason), fault
        assert (bytes(failure["body"]), failure["organization_id"]) == (body, None)
    journal = database.rows("SELECT body FROM webhook_deliveries ORDER BY id")
    assert [bytes(row["body"]) for row in journal] == [body for body, _ in BODIES.values()]


def test_what_meta_sends_again_is_set_aside_once_until_somebody_has_dealt_with_it(
    door: Door, messenger: Line, database: Database
) -> None:
    unknown = wire_text(messenger.delivery(messenger.item(message=7)))
    for body in (b"[]", unknown):
        for _ in range(2):
            door.takes(body)
    assert [bytes(row["body"]) == b"[]" for row in failures(database)] == [True, False]
    database.rows("UPDATE webhook_failures SET status = 'DISMISSED'")
    door.takes(unknown)
    assert len(failures(database)) == 3
    assert database.value("SELECT count(*) FROM webhook_deliveries") == 5


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


def test_an_entry_whose_id_is_nested_to_any_depth_is_taken_or_set_aside(
    door: Door, messenger: Line, database: Database
) -> None:
    delivery = messenger.delivery(messenger.text("x"))
    body = wire_text({"object": "page", "entry": [delivery["entry"][0] | {"id": "NESTED"}]})
    depths = [1, 99, 101, *range(930, 1000)]
    for depth in depths:
        door.takes(body.replace(b'"NESTED"', b"[" * depth + b"]" * depth))
    reasons = {row["reason"] for row in failures(database)}
    assert reasons >= {"the event is nested too deep", "the body is nested too deep"}
    assert len(failures(database)) == len(depths)


JUNK: list[object] = [None, True, 7, 1.5, "text", [], {}, [None], {"x": None}, [[]], -1]
PLACES: list[tuple[str | int, ...]] = [
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


def test_wrong_types_anywhere_are_taken_or_set_aside_and_the_others_are_stored(
    door: Door, messenger: Line, database: Database
) -> None:
    stored = "SELECT count(*) FROM messages WHERE content = 'sound'"
    for number, place in enumerate(PLACES, 1):
        entries: list[Any] = []
        for junk in JUNK:
            delivery = with_everything(messenger)
            put(delivery, place, junk)
            entries += delivery["entry"]
        entries += messenger.delivery(messenger.text("sound"))["entry"]
        door.takes({"object": "page", "entry": entries})
        assert database.value(stored) == number, place


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


def test_a_moment_that_is_none_sets_its_event_aside(
    door: Door, messenger: Line, cast: Cast, database: Database
) -> None:
    numbers = [-1, 0, 10**30, float("inf"), float("nan"), 1e300]
    moments: list[object] = [None, "noon", "", [], {}, True, "1" * 5000, *numbers]
    items = [messenger.text("x", at=moment) for moment in moments]
    door.takes(json.dumps(messenger.delivery(*items, messenger.text("sound"))).encode())
    reasons = [(row["reason"], row["organization_id"]) for row in failures(database)]
    assert reasons == [("timestamp is no time", cast.organization.id)] * len(moments)
    assert database.value("SELECT count(*) FROM messages WHERE content = 'sound'") == 1


def test_a_mid_that_is_none_sets_its_event_aside(
    door: Door, messenger: Line, database: Database
) -> None:
    mids: list[object] = ["", None, True, 1.5, [], {}, "a\x00b", "x" * 1001, "\ud800"]
    items = [messenger.item(message={"mid": mid, "text": "x"}) for mid in mids]
    door.takes(json.dumps(messenger.delivery(*items, messenger.text("sound"))).encode())
    assert len(failures(database)) == len(mids)
    assert database.value("SELECT count(*) FROM messages WHERE content = 'sound'") == 1
