"""Replies through a real web process, real workers and a real clock."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import requests

from inbox.local.stores import Stores
from inbox.models import Platform
from tests.bounds import eventually
from tests.pids import children_of
from tests.processes import Starter, Web
from tests.sending.conftest import Desk


def post(desk: Desk, web: Web, text: str, **body: str) -> requests.Response:
    return requests.post(
        f"{web.url}/api/conversations/{desk.conversation_id}/messages",
        json={"text": text, **body},
        headers={"Authorization": f"Bearer {desk.ada_token}"},
        timeout=10,
    )


def replied(desk: Desk, web: Web, text: str) -> int:
    answer = post(desk, web, text)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_the_same_reply_from_eight_sides_at_once_is_one_row(desk: Desk, live: Web) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(desk, live, "Yes.", clientMessageId="c"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert desk.database.value("SELECT count(*) FROM messages WHERE direction = 'OUTGOING'") == 1
    desk.work()
    assert desk.sent_texts() == ["Yes."]


def test_a_worker_killed_while_meta_answers_sends_nothing_twice(
    desk: Desk, live: Web, start: Starter
) -> None:
    parent = start.workers("outgoing", "default")
    clock = start.clock()
    desk.meta.faults.next("send", "apply_then_stall", seconds=30)
    first, second = replied(desk, live, "One."), replied(desk, live, "Two.")
    eventually(lambda: desk.sent_texts() == ["One."])
    parent.kill()
    start.workers("outgoing", "default")
    eventually(lambda: desk.delivery(first) == "SENT", 25)
    eventually(lambda: desk.delivery(second) == "SENT", 10)
    assert desk.sent_texts() == ["One.", "Two."]
    assert desk.message(first)["mid"] == desk.meta.sent[0]["mid"]
    assert clock.is_running


def test_a_reply_written_while_redis_is_away_leaves_when_it_is_back(
    desk: Desk, start: Starter, stores: Stores
) -> None:
    web, worker, clock = start.web(), start.workers("outgoing", "default"), start.clock()
    stores.redis.process.kill()
    try:
        message_id = replied(desk, web, "Yes, at noon.")
        assert desk.delivery(message_id) == "SENDING"
    finally:
        stores.redis.start()
    eventually(lambda: desk.delivery(message_id) == "SENT", 20)
    assert desk.sent_texts() == ["Yes, at noon."]
    assert worker.is_running
    assert clock.is_running


def test_a_worker_that_stood_still_sends_nothing_twice(
    desk: Desk, live: Web, start: Starter
) -> None:
    worker = start.workers("outgoing", "default")
    desk.meta.faults.next("send", "latency", seconds=2)
    message_id = replied(desk, live, "Yes, at noon.")
    eventually(lambda: desk.message(message_id)["lease_until"] is not None)
    stopped = [worker.pid, *children_of(worker.pid)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        desk.let_pass(message_id, 12)
        desk.sweep()
        assert desk.delivery(message_id) == "UNSURE"
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    eventually(lambda: desk.delivery(message_id) == "SENT")
    assert desk.sent_texts() == ["Yes, at noon."]


def test_a_stalled_conversation_does_not_keep_another_waiting(
    desk: Desk, live: Web, start: Starter
) -> None:
    start.workers("outgoing", "default")
    desk.meta.faults.next("send", "stall", seconds=6, person_id=desk.zelda.id)
    stalled = replied(desk, live, "One.")
    eventually(lambda: desk.message(stalled)["lease_until"] is not None)
    desk.talk_to("Yara Voss", Platform.FACEBOOK)
    assert desk.delivery(replied(desk, live, "Two.")) == "SENDING"
    eventually(lambda: desk.sent_texts() == ["Two."], 3)
    assert desk.delivery(stalled) == "SENDING"


def test_many_replies_at_once_all_leave_once(desk: Desk, live: Web, start: Starter) -> None:
    start.workers("outgoing", "default")
    start.clock()
    desk.meta.faults.next("send", "latency", times=None, seconds=0.2)
    written = []
    for number in range(20):
        desk.talk_to(f"Person {number}", Platform.FACEBOOK)
        written += [replied(desk, live, f"{number} {letter}") for letter in "ab"]
    eventually(lambda: {desk.delivery(each) for each in written} == {"SENT"}, 30)
    texts = desk.sent_texts()
    assert sorted(texts) == sorted(f"{number} {letter}" for number in range(20) for letter in "ab")
    for number in range(20):
        assert texts.index(f"{number} a") < texts.index(f"{number} b")
