"""The Send API: what it answers, what comes back, and what it refuses."""

from typing import Any

import pytest
import requests

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.bounds import eventually
from tests.simulator.graph import Graph, error
from tests.simulator.receiver import Receiver

HOUR = 3600
DAY = 24 * HOUR


def test_a_send_is_answered_echoed_delivered_and_read(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    meta.says(eva, "hej")
    answer = graph.send(eva, "svar", message={"metadata": "local-81"})
    assert answer.status_code == 200
    mid = answer.json()["message_id"]
    assert answer.json() == {"recipient_id": eva.id, "message_id": mid}
    assert meta.wait_settled()
    echo, delivery, read = receiver.items()[1:]
    assert echo["message"] == {
        "is_echo": True,
        "app_id": int(meta.app.id),
        "metadata": "local-81",
        "mid": mid,
        "text": "svar",
    }
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == ("10050", eva.id)
    assert delivery["delivery"]["mids"] == [mid]
    assert read["read"]["watermark"] >= echo["timestamp"]


def test_instagram_echoes_without_metadata_and_reads_by_mid(
    meta: Simulator, receiver: Receiver, graph: Graph, ines: Person
) -> None:
    meta.says(ines, "hola")
    mid = graph.send(ines, message={"metadata": "local-82"}).json()["message_id"]
    assert meta.wait_settled()
    echo, read = receiver.items()[1:]
    assert echo["message"] == {"is_echo": True, "mid": mid, "text": "svar"}
    assert read["read"] == {"mid": mid}


def test_a_form_body_is_taken_like_json(meta: Simulator, eva: Person) -> None:
    meta.says(eva, "hej")
    form = {
        "access_token": meta.page.token,
        "recipient": f'{{"id":"{eva.id}"}}',
        "message": '{"text":"as a form"}',
    }
    answer = requests.post(f"{meta.url}/10050/messages", data=form, timeout=10)
    assert answer.status_code == 200
    sent = requests.get(f"{meta.url}/simulator/sent", timeout=10).json()
    assert [each["request"]["message"] for each in sent] == [{"text": "as a form"}]


def test_the_instagram_account_is_an_owner_too(meta: Simulator, graph: Graph, ines: Person) -> None:
    meta.says(ines, "hola")
    body = {"recipient": {"id": ines.id}, "message": {"text": "sí"}}
    assert graph.post("/17841400000000001/messages", body).status_code == 200


@pytest.mark.parametrize(("who", "subcode"), [("eva", 2018278), ("ines", 2534022)])
def test_outside_24_hours_it_is_refused(
    meta: Simulator, graph: Graph, request: pytest.FixtureRequest, who: str, subcode: int
) -> None:
    person = request.getfixturevalue(who)
    meta.says(person, "hej")
    meta.clock.advance(DAY - 60)
    assert graph.send(person).status_code == 200, "still inside"
    meta.clock.advance(120)
    assert error(graph.send(person)) == (10, subcode)
    meta.says(person, "again")
    assert graph.send(person).status_code == 200


def test_a_reaction_and_a_tap_open_the_window_too(
    meta: Simulator, graph: Graph, eva: Person
) -> None:
    meta.says(eva, "hej")
    mid = graph.send(eva).json()["message_id"]
    for kind, fields in (("reaction", {"mid": mid}), ("postback", {}), ("referral", {})):
        meta.clock.advance(2 * DAY)
        assert error(graph.send(eva)) == (10, 2018278)
        meta.does(eva, kind, **fields)
        assert graph.send(eva).status_code == 200


def test_human_agent_reaches_seven_days_where_the_page_may_use_it(
    meta: Simulator, graph: Graph, eva: Person
) -> None:
    meta.says(eva, "hej")
    meta.clock.advance(3 * DAY)
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    assert error(graph.send(eva, **human)) == (10, 2018278)
    meta.page.has_human_agent = True
    assert graph.send(eva, **human).status_code == 200
    meta.clock.advance(5 * DAY)
    assert error(graph.send(eva, **human)) == (10, 2018278)


@pytest.mark.parametrize("tag", ["ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"])
def test_withdrawn_tags_are_refused(meta: Simulator, graph: Graph, eva: Person, tag: str) -> None:
    meta.says(eva, "hej")
    assert error(graph.send(eva, messaging_type="MESSAGE_TAG", tag=tag)) == (100, None)


@pytest.mark.parametrize(
    ("who", "text", "fits"),
    [
        ("eva", "ä" * 1999, True),
        ("eva", "ä" * 2000, False),
        ("ines", "ä" * 500, True),
        ("ines", "ä" * 500 + "x", False),
        ("eva", "", False),
    ],
)
def test_the_length_of_a_text(
    meta: Simulator,
    graph: Graph,
    request: pytest.FixtureRequest,
    *,
    who: str,
    text: str,
    fits: bool,
) -> None:
    person = request.getfixturevalue(who)
    meta.says(person, "hej")
    answer = graph.send(person, text)
    assert answer.status_code == (200 if fits else 400)
    assert fits or error(answer) == (100, None)


@pytest.mark.parametrize(
    "message",
    [
        {"text": ["not", "text"]},
        {"text": "both", "attachment": {"type": "image", "payload": {"url": "https://x/y.png"}}},
        {"metadata": "m" * 1000},
        {"quick_replies": [{}] * 14},
        {"text": None, "attachment": {"type": "hologram", "payload": {}}},
        {"text": None, "attachment": "image"},
        {"text": None, "attachments": ["image"]},
    ],
)
def test_malformed_messages_are_refused(
    meta: Simulator, graph: Graph, eva: Person, message: dict[str, Any]
) -> None:
    meta.says(eva, "hej")
    assert error(graph.send(eva, message=message)) == (100, None)
    assert meta.sent == []


def test_an_attachment_by_url_is_sent(meta: Simulator, graph: Graph, eva: Person) -> None:
    meta.says(eva, "hej")
    image = {"type": "image", "payload": {"url": meta.media_url("vase.png")}}
    body = {"recipient": {"id": eva.id}, "message": {"attachment": image}}
    assert graph.post("/me/messages", body).status_code == 200


def test_a_stranger_a_blocker_and_nobody_cannot_be_written_to(
    meta: Simulator, graph: Graph, eva: Person
) -> None:
    meta.says(eva, "hej")
    eva.blocked = True
    assert error(graph.send(eva)) == (551, 1545041)
    stranger = {"recipient": {"id": "999"}, "message": {"text": "x"}}
    assert error(graph.post("/me/messages", stranger)) == (100, 2018001)
    assert error(graph.post("/me/messages", {"message": {"text": "x"}})) == (100, None)


def test_quoting_needs_a_message_of_the_thread(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    mid = meta.says(eva, "which one?")
    assert graph.send(eva, "this", reply_to={"mid": mid}).status_code == 200
    assert meta.wait_settled()
    echo = next(i for i in receiver.items() if i.get("message", {}).get("is_echo"))
    assert echo["message"]["reply_to"]["mid"] == mid
    assert error(graph.send(eva, reply_to={"mid": "m_none"})) == (100, None)


def test_sender_actions(meta: Simulator, graph: Graph, eva: Person) -> None:
    mid = meta.says(eva, "hej")
    thread = meta.world.thread_with(eva)

    def act(name: str, **more: Any) -> requests.Response:
        body = {"recipient": {"id": eva.id}, "sender_action": name} | more
        return graph.post("/me/messages", body)

    assert act("mark_seen").json() == {"recipient_id": eva.id}
    assert thread.unread() == []
    assert act("typing_on").status_code == 200
    assert thread.page_typing_until_ms > meta.clock.now_ms()
    assert act("react", payload={"message_id": mid, "reaction": "❤"}).status_code == 200
    assert thread.messages[0].reactions["page"].emoji == "❤"
    assert error(act("dance")) == (100, 2018014)


def test_receipts_can_be_switched_off(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    meta.pace.echo = meta.pace.delivery = meta.pace.read = False
    meta.says(eva, "hej")
    assert graph.send(eva).status_code == 200
    assert meta.wait_settled()
    assert receiver.texts() == ["hej"]
    assert len(receiver.arrived) == 1


def test_receipts_can_be_late(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    meta.pace.read_s = 3600
    meta.says(eva, "hej")
    graph.send(eva)
    eventually(lambda: any("delivery" in item for item in receiver.items()))
    assert not any("read" in item for item in receiver.items())
    meta.clock.advance(3600)
    eventually(lambda: any("read" in item for item in receiver.items()))
