"""Demo life: somebody writes now and then, and answers when answered."""

import pytest

from inbox.simulator.demo import live, topic_of
from inbox.simulator.server import Simulator
from inbox.simulator.workshop import add_workshop, fill_workshop
from tests.bounds import eventually
from tests.simulator.graph import Graph
from tests.simulator.receiver import Receiver


def test_people_write_by_themselves(meta: Simulator, receiver: Receiver) -> None:
    live(meta, seed=3, quickest_s=0.02, slowest_s=0.05)
    eventually(lambda: len(receiver.texts()) >= 10)
    senders = {item["sender"]["id"] for item in receiver.items()}
    assert len(senders) > 3
    eventually(lambda: {a.envelope["object"] for a in receiver.arrived} == {"page", "instagram"})


def test_who_is_answered_answers_again(meta: Simulator, receiver: Receiver, graph: Graph) -> None:
    demo = live(meta, seed=3, quickest_s=0.02, slowest_s=0.05, answer_s=(0.05, 0.1))
    eventually(lambda: bool(receiver.texts()))
    demo.quickest_s = demo.slowest_s = 3600
    person = meta.person(receiver.items()[0]["sender"]["id"])
    thread = meta.world.thread_with(person)
    before = len(thread.messages)
    assert graph.send(person, "Would you like the blue one?").status_code == 200

    def came_back() -> bool:
        reacted = any("person" in m.reactions for m in thread.messages if m.from_page)
        return reacted or any(not m.from_page for m in thread.messages[before + 1 :])

    eventually(came_back)


def test_an_inbox_that_nobody_answers_does_not_overflow(
    meta: Simulator, receiver: Receiver
) -> None:
    demo = live(meta, seed=3, quickest_s=0.001, slowest_s=0.002)
    demo.people = demo.people[:2]
    threads = [meta.world.thread_with(person) for person in demo.people]
    eventually(lambda: all(len(thread.unread()) >= 2 for thread in threads))
    demo.quickest_s = demo.slowest_s = 100
    eventually(lambda: meta.webhooks.in_flight() == 0)
    before = len(receiver.arrived)
    meta.clock.advance(100)
    meta.clock.advance(100)
    assert len(receiver.arrived) <= before + 2, "everybody waits, so hardly anybody writes"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Which colour would you like?", "question"),
        ("It is 620 kr.", "price"),
        ("We ship tomorrow", "shipping"),
        ("Thank you", "other"),
        ("ما اللون الذي تريده؟", "question"),
    ],
)
def test_customers_understand_roughly_what_we_say(text: str, topic: str) -> None:
    assert topic_of(text) == topic


def test_the_workshops_customers_write_once_it_is_connected(
    meta: Simulator, receiver: Receiver
) -> None:
    page = add_workshop(meta)
    fill_workshop(meta)
    live(meta, seed=3, quickest_s=0.002, slowest_s=0.005)
    eventually(lambda: len(receiver.arrived) >= 20)
    own_ids = {page.id, page.instagram_account_id}
    assert not own_ids & {item["recipient"]["id"] for item in receiver.items()}
    page.subscribed_fields = ["messages"]
    eventually(lambda: own_ids & {item["recipient"]["id"] for item in receiver.items()})
