"""Every kind of event, in the shape that Meta documents."""

from typing import Any

import pytest

from inbox.simulator.customer import KINDS
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.graph import Graph
from tests.simulator.receiver import Receiver

WITH_URL = [
    "image", "video", "audio", "file", "sticker", "reel", "ig_reel", "post", "ig_post", "share",
    "fallback",
]  # fmt: skip
WITHOUT_URL = ["template", "location", "appointment_booking", "ephemeral", "unsupported_type"]


def told(meta: Simulator, receiver: Receiver) -> dict[str, Any]:
    """The newest item that arrived."""
    assert meta.wait_settled()
    return receiver.items()[-1]


def test_a_text_on_messenger(meta: Simulator, receiver: Receiver, eva: Person) -> None:
    mid = meta.says(eva, "hej")
    item = told(meta, receiver)
    assert item["sender"] == {"id": eva.id}
    assert item["recipient"] == {"id": "10050"}
    assert item["message"] == {"mid": mid, "text": "hej"}
    envelope = receiver.arrived[0].envelope
    assert (envelope["object"], envelope["entry"][0]["id"]) == ("page", "10050")
    assert envelope["entry"][0]["time"] == item["timestamp"] > 10**12


def test_a_text_on_instagram_goes_to_the_instagram_account(
    meta: Simulator, receiver: Receiver, ines: Person
) -> None:
    meta.says(ines, "hola")
    item = told(meta, receiver)
    assert item["recipient"] == {"id": "17841400000000001"}
    envelope = receiver.arrived[0].envelope
    assert (envelope["object"], envelope["entry"][0]["id"]) == ("instagram", "17841400000000001")


@pytest.mark.parametrize("kind", WITH_URL)
def test_files_and_shares_carry_their_url(
    meta: Simulator, receiver: Receiver, eva: Person, kind: str
) -> None:
    meta.does(eva, "attachment", type=kind)
    (attachment,) = told(meta, receiver)["message"]["attachments"]
    assert attachment["type"] == kind
    assert attachment["payload"]["url"].startswith(f"{meta.url}/simulator/media/")


@pytest.mark.parametrize("kind", WITHOUT_URL)
def test_other_attachments_carry_no_file(
    meta: Simulator, receiver: Receiver, eva: Person, kind: str
) -> None:
    meta.does(eva, "attachment", type=kind)
    (attachment,) = told(meta, receiver)["message"]["attachments"]
    assert attachment["type"] == kind
    assert "url" not in attachment.get("payload", {})


def test_a_message_may_hold_text_and_several_attachments(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    files = [{"type": "image", "media": "vase.png"}, {"type": "video"}]
    meta.says(eva, "two things", attachments=files)
    message = told(meta, receiver)["message"]
    assert [each["type"] for each in message["attachments"]] == ["image", "video"]
    assert message["text"] == "two things"


def test_replies_quote_by_mid(
    meta: Simulator, receiver: Receiver, eva: Person, ines: Person
) -> None:
    first = meta.says(eva, "first")
    meta.says(eva, "to myself", reply_to=first)
    reply = told(meta, receiver)["message"]["reply_to"]
    assert reply == {"mid": first, "is_self_reply": True}
    on_instagram = meta.says(ines, "first")
    meta.says(ines, "second", reply_to=on_instagram)
    assert told(meta, receiver)["message"]["reply_to"] == {"mid": on_instagram}


def test_stories_on_instagram(meta: Simulator, receiver: Receiver, ines: Person) -> None:
    meta.does(ines, "story_reply", text="wow", url="https://cdn.example/s.jpg", story_id="9")
    story = told(meta, receiver)["message"]["reply_to"]["story"]
    assert story == {"id": "9", "url": "https://cdn.example/s.jpg"}
    meta.does(ines, "story_mention", url="https://cdn.example/m.jpg")
    assert told(meta, receiver)["message"]["attachments"] == [
        {"type": "story_mention", "payload": {"url": "https://cdn.example/m.jpg"}}
    ]


def test_edit_and_unsend(meta: Simulator, receiver: Receiver, eva: Person) -> None:
    mid = meta.says(eva, "helo")
    meta.does(eva, "edit", mid=mid, text="hello")
    assert told(meta, receiver)["message_edit"] == {"mid": mid, "text": "hello", "num_edit": 1}
    meta.does(eva, "unsend", mid=mid)
    assert told(meta, receiver)["message"] == {"mid": mid, "is_deleted": True}


def test_react_and_unreact(meta: Simulator, receiver: Receiver, graph: Graph, eva: Person) -> None:
    meta.says(eva, "hej")
    mid = graph.send(eva).json()["message_id"]
    meta.does(eva, "reaction", mid=mid, emoji="👍")
    react = {"mid": mid, "action": "react", "reaction": "like", "emoji": "👍"}
    assert react in [item.get("reaction") for item in (told(meta, receiver), *receiver.items())]
    meta.does(eva, "unreact", mid=mid)
    assert told(meta, receiver)["reaction"] == {"mid": mid, "action": "unreact"}


def test_reading_is_a_watermark_on_messenger_and_a_mid_on_instagram(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person, ines: Person
) -> None:
    meta.pace.read = meta.pace.delivery = False
    for person in (eva, ines):
        meta.says(person, "hej")
    mids = {person.id: graph.send(person).json()["message_id"] for person in (eva, ines)}
    assert meta.wait_settled()
    meta.does(eva, "read", watermark=1790000000000)
    assert told(meta, receiver)["read"] == {"watermark": 1790000000000}
    meta.does(ines, "read")
    assert told(meta, receiver)["read"] == {"mid": mids[ines.id]}


def test_delivery_with_and_without_mids(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    meta.pace.read = meta.pace.delivery = False
    meta.says(eva, "hej")
    mid = graph.send(eva).json()["message_id"]
    assert meta.wait_settled()
    meta.does(eva, "delivery")
    assert told(meta, receiver)["delivery"]["mids"] == [mid]
    meta.does(eva, "delivery", with_mids=False)
    assert list(told(meta, receiver)["delivery"]) == ["watermark"]


def test_standby_comes_under_its_own_key(meta: Simulator, receiver: Receiver, eva: Person) -> None:
    meta.does(eva, "standby", text="for the other app")
    assert meta.wait_settled()
    entry = receiver.arrived[0].envelope["entry"][0]
    assert entry["standby"][0]["message"]["text"] == "for the other app"
    assert "messaging" not in entry


def test_an_answer_from_the_page_inbox_is_an_echo_of_another_app(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.does(eva, "page_inbox", text="from the phone app")
    item = told(meta, receiver)
    assert item["sender"] == {"id": "10050"}
    assert item["recipient"] == {"id": eva.id}
    assert item["message"]["is_echo"] is True
    assert item["message"]["app_id"] != int(meta.app.id)


def test_the_dashboards_test_button(meta: Simulator, receiver: Receiver, ines: Person) -> None:
    meta.does(ines, "dashboard_test")
    assert meta.wait_settled()
    (entry,) = receiver.arrived[0].envelope["entry"]
    assert entry["id"] == "0"
    assert entry["time"] < 10**11, "seconds, as in Meta's sample"
    assert entry["changes"][0]["value"]["message"] == {"mid": "random_mid", "text": "random_text"}


SIGNALS: dict[str, tuple[dict[str, Any], str]] = {
    "postback": ({"title": "Get Started", "payload": "GO"}, "postback"),
    "referral": ({"ref": "flyer"}, "referral"),
    "optin": ({"ref": "checkout"}, "optin"),
    "policy_enforcement": ({"action": "block"}, "policy_enforcement"),
    "account_linking": ({}, "account_linking"),
    "handover": ({"action": "take_thread"}, "take_thread_control"),
    "unknown": ({}, "hologram"),
}


@pytest.mark.parametrize("kind", SIGNALS)
def test_signals_carry_their_key(
    meta: Simulator, receiver: Receiver, eva: Person, kind: str
) -> None:
    fields, key = SIGNALS[kind]
    meta.does(eva, kind, **fields)
    item = told(meta, receiver)
    content = {name: item[key].get(name) for name in fields if name != "action"}
    assert content == {name: value for name, value in fields.items() if name != "action"}
    assert ("sender" in item) is (kind != "policy_enforcement")


@pytest.mark.parametrize(
    ("kind", "fields", "key"),
    [
        ("quick_reply", {"text": "Blue", "payload": "B"}, "quick_reply"),
        ("ad_message", {"text": "from an ad", "ad_id": "77"}, "referral"),
        ("product_question", {"text": "this one?"}, "referral"),
        ("command", {"text": "/help", "name": "help"}, "commands"),
        ("unsupported", {}, "is_unsupported"),
    ],
)
def test_messages_carry_their_extra_key(
    meta: Simulator, receiver: Receiver, eva: Person, *, kind: str, fields: dict[str, Any], key: str
) -> None:
    meta.does(eva, kind, **fields)
    assert key in told(meta, receiver)["message"]


def test_unknown_kinds_and_missing_fields_are_said(meta: Simulator, eva: Person) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        meta.does(eva, "telepathy")
    with pytest.raises(ValueError, match="needs 'text'"):
        meta.does(eva, "text")
    with pytest.raises(LookupError, match="no message"):
        meta.does(eva, "unsend", mid="m_none")
    assert "text" in KINDS
