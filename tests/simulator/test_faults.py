"""Planned misbehaviour: each is one call, spoils what it says, and nothing after it."""

import time
from typing import Any

import pytest
import requests

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.graph import Graph, error
from tests.simulator.receiver import Receiver


@pytest.fixture
def writer(meta: Simulator, eva: Person) -> Person:
    """Eva, who has written and may be answered."""
    meta.says(eva, "hej")
    assert meta.wait_settled()
    return eva


@pytest.mark.parametrize(
    ("kind", "settings", "status", "codes"),
    [
        ("rate_limit", {"code": 4}, 403, (4, None)),
        ("rate_limit", {"code": 32}, 400, (32, None)),
        ("rate_limit", {"code": 613}, 400, (613, None)),
        ("rate_limit", {"code": 80006}, 400, (80006, None)),
        ("rate_limit", {"code": 80002}, 400, (80002, None)),
        ("transient", {"code": 1}, 500, (1, None)),
        ("transient", {"code": 2}, 500, (2, None)),
        ("token_revoked", {}, 400, (190, 460)),
        ("permission_lost", {}, 403, (200, None)),
        ("error", {"code": 368, "status": 400}, 400, (368, None)),
    ],
)
def test_a_refusal_does_nothing_and_passes(
    meta: Simulator,
    graph: Graph,
    writer: Person,
    *,
    kind: str,
    settings: dict[str, Any],
    status: int,
    codes: tuple[int, int | None],
) -> None:
    meta.faults.next("send", kind, **settings)
    answer = graph.send(writer)
    assert answer.status_code == status
    assert error(answer) == codes
    assert meta.sent == []
    assert graph.send(writer).status_code == 200


def test_a_rate_limit_says_how_long_to_wait(meta: Simulator, graph: Graph, writer: Person) -> None:
    meta.faults.next("send", "rate_limit", code=80006, minutes=7)
    (usage,) = graph_usage(graph.send(writer))
    assert usage["type"] == "messenger"
    assert (usage["call_count"], usage["estimated_time_to_regain_access"]) == (100, 7)
    (calm,) = graph_usage(graph.send(writer))
    assert calm["estimated_time_to_regain_access"] == 0


def graph_usage(answer: requests.Response) -> list[dict[str, Any]]:
    import json

    assert "X-App-Usage" in answer.headers
    business: dict[str, list[dict[str, Any]]] = json.loads(
        answer.headers["X-Business-Use-Case-Usage"]
    )
    return next(iter(business.values()))


def test_sent_although_the_answer_is_an_error(
    meta: Simulator, receiver: Receiver, graph: Graph, writer: Person
) -> None:
    meta.faults.next("send", "apply_then_500")
    answer = graph.send(writer, "once")
    assert (answer.status_code, error(answer)) == (500, (1, 1357046))
    assert meta.wait_settled()
    assert receiver.texts() == ["hej", "once"]


@pytest.mark.parametrize(("kind", "sent"), [("apply_then_close", 1), ("close", 0)])
def test_the_connection_closes_without_an_answer(
    meta: Simulator, graph: Graph, writer: Person, kind: str, sent: int
) -> None:
    meta.faults.next("send", kind)
    with pytest.raises(requests.ConnectionError):
        graph.send(writer)
    assert len(meta.sent) == sent


@pytest.mark.parametrize(("kind", "sent"), [("apply_then_stall", 1), ("stall", 0)])
def test_the_answer_does_not_come_in_time(
    meta: Simulator, writer: Person, kind: str, sent: int
) -> None:
    meta.faults.next("send", kind)
    body = {"recipient": {"id": writer.id}, "message": {"text": "x"}}
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{meta.url}/me/messages",
            params={"access_token": meta.page.token},
            json=body,
            timeout=0.3,
        )
    assert len(meta.sent) == sent


def test_latency_and_a_slow_body(meta: Simulator, graph: Graph, writer: Person) -> None:
    for kind in ("latency", "slow_body"):
        meta.faults.next("send", kind, seconds=0.3)
        started = time.monotonic()
        assert graph.send(writer).json()["recipient_id"] == writer.id
        assert time.monotonic() - started >= 0.3


def test_truncated_json(meta: Simulator, graph: Graph, writer: Person) -> None:
    meta.faults.next("send", "truncated")
    answer = graph.send(writer)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert len(meta.sent) == 1


def test_the_echo_can_come_before_the_answer(
    meta: Simulator, receiver: Receiver, graph: Graph, writer: Person
) -> None:
    meta.pace.echo_s = 30
    meta.faults.next("send", "echo_first")
    mid = graph.send(writer).json()["message_id"]
    assert receiver.items()[-1]["message"]["mid"] == mid


def test_the_echo_can_fail_to_come(
    meta: Simulator, receiver: Receiver, graph: Graph, writer: Person
) -> None:
    meta.faults.next("send", "echo_withheld")
    assert graph.send(writer).status_code == 200
    assert meta.wait_settled()
    assert receiver.texts() == ["hej"]
    graph.send(writer, "the next has one")
    assert meta.wait_settled()
    assert receiver.texts() == ["hej", "the next has one"]


def test_a_revoked_token_fails_every_door_until_it_is_renewed(
    meta: Simulator, graph: Graph, writer: Person
) -> None:
    meta.revoke_token(subcode=463)
    answer = graph.get(f"/{writer.id}")
    assert error(answer) == (190, 463)
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert error(graph.send(writer)) == (190, 463)
    meta.page.token_error, meta.page.token = None, "renewed"
    assert error(graph.send(writer)) == (190, None), "the old token is not known any more"
    graph.token = "renewed"
    assert graph.send(writer).status_code == 200


def test_a_fault_may_last_or_concern_one_person(
    meta: Simulator, graph: Graph, writer: Person, ines: Person
) -> None:
    meta.says(ines, "hola")
    meta.faults.next("send", "transient", times=None, person_id=writer.id)
    for _ in range(3):
        assert graph.send(writer).status_code == 500
    assert graph.send(ines).status_code == 200
    meta.faults.clear()
    assert graph.send(writer).status_code == 200


def test_faults_have_a_door_of_their_own(meta: Simulator, graph: Graph, writer: Person) -> None:
    control = f"{meta.url}/simulator/faults"
    planned = requests.post(
        control, json={"door": "send", "kind": "rate_limit", "code": 613, "times": 2}, timeout=10
    )
    assert planned.status_code == 200
    assert error(graph.send(writer)) == (613, None)
    assert [each["times"] for each in requests.get(control, timeout=10).json()] == [1]
    requests.delete(control, timeout=10)
    assert graph.send(writer).status_code == 200
    wrong = requests.post(control, json={"door": "send", "kind": "earthquake"}, timeout=10)
    assert wrong.status_code == 400
