"""Retries, redelivery, batches, other orders, and giving up a page after an hour."""

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.bounds import eventually
from tests.simulator.graph import Graph
from tests.simulator.receiver import Receiver


def test_a_failed_delivery_is_repeated_at_once_with_the_same_bytes(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    receiver.statuses = [503, 500]
    meta.says(eva, "hej")
    assert meta.wait_settled()
    assert len(receiver.arrived) == 3
    assert len({arrived.body for arrived in receiver.arrived}) == 1
    (delivery,) = meta.webhooks.deliveries
    assert [attempt.status for attempt in delivery.attempts] == [503, 500, 200]
    assert delivery.state == "delivered"


def test_after_the_immediate_repeats_it_is_tried_again_later(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    receiver.status = 503
    meta.webhooks.retries.spacing_s = (60, 120)
    meta.says(eva, "hej")
    eventually(lambda: meta.webhooks.deliveries[0].state == "retrying")
    assert len(receiver.arrived) == 3
    receiver.status = 200
    meta.clock.advance(61)
    eventually(lambda: meta.webhooks.deliveries[0].state == "delivered")
    assert len(receiver.arrived) == 4


def test_a_receiver_that_is_too_slow_has_failed(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.webhooks.courier.receiver.timeout_s = 0.2
    meta.webhooks.retries.at_once = 0
    receiver.gate.clear()
    meta.says(eva, "hej")
    eventually(lambda: meta.webhooks.deliveries[0].state == "retrying")
    attempt = meta.webhooks.deliveries[0].attempts[0]
    assert (attempt.status, attempt.error) == (None, "ReadTimeout")


def test_a_receiver_that_is_down_gets_it_once_it_is_back(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.webhooks.courier.receiver.url, address = "http://127.0.0.1:9/", receiver.url
    meta.says(eva, "hej")
    eventually(lambda: meta.webhooks.deliveries[0].state == "retrying")
    assert receiver.arrived == []
    meta.webhooks.courier.receiver.url = address
    meta.clock.advance(3000)
    eventually(lambda: receiver.texts() == ["hej"])


def test_a_page_that_fails_for_an_hour_is_unsubscribed(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    receiver.status = 503
    meta.says(eva, "the first")
    eventually(lambda: meta.webhooks.deliveries[0].state == "retrying")
    assert graph.get("/10050/subscribed_apps").json()["data"], "still subscribed"
    meta.clock.advance(3601)
    eventually(lambda: meta.webhooks.deliveries[0].state == "dropped")
    assert graph.get("/10050/subscribed_apps").json() == {"data": []}

    receiver.status = 200
    before = len(receiver.arrived)
    meta.says(eva, "while unsubscribed")
    assert meta.wait_settled()
    assert len(receiver.arrived) == before
    assert meta.webhooks.deliveries[-1].state == "unsubscribed"

    graph.post("/10050/subscribed_apps", {"subscribed_fields": "messages"})
    meta.says(eva, "again")
    eventually(lambda: receiver.texts()[-1:] == ["again"])


def test_fields_that_are_not_subscribed_do_not_come(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    graph.post("/10050/subscribed_apps", {"subscribed_fields": "messages"})
    mid = meta.says(eva, "hej")
    meta.does(eva, "reaction", mid=mid)
    assert meta.wait_settled()
    assert [list(item)[-1] for item in receiver.items()] == ["message"]


def test_held_events_come_in_another_order(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.webhooks.hold()
    for text in ("one", "two", "three"):
        meta.says(eva, text)
    assert meta.wait_settled()
    assert receiver.arrived == []
    meta.webhooks.release("reversed")
    assert meta.wait_settled()
    assert receiver.texts() == ["three", "two", "one"]


def test_held_events_come_as_one_delivery_of_many_entries(
    meta: Simulator, receiver: Receiver, eva: Person, ines: Person
) -> None:
    meta.webhooks.hold()
    for number in range(5):
        meta.says(eva, f"m{number}")
        meta.says(ines, f"i{number}")
    meta.webhooks.release(batch=True)
    assert meta.wait_settled()
    shapes = {a.envelope["object"]: len(a.envelope["entry"]) for a in receiver.arrived}
    assert shapes == {"page": 5, "instagram": 5}


def test_the_same_delivery_can_come_many_times(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.says(eva, "hej")
    assert meta.wait_settled()
    meta.webhooks.redeliver(meta.webhooks.deliveries[0].number, times=100)
    assert meta.wait_settled()
    assert len(receiver.arrived) == 101
    assert len({arrived.body for arrived in receiver.arrived}) == 1


def test_one_persons_messages_come_in_their_order(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    written = [f"{number}" for number in range(40)]
    for text in written:
        meta.says(eva, text)
    assert meta.wait_settled()
    assert receiver.texts() == written


def test_events_of_two_pages_carry_their_own_ids(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    other = meta.add_page(PageSettings(name="Second"))
    stranger = meta.add_person("Olaf", page_id=other.id)
    meta.says(eva, "to the first")
    meta.says(stranger, "to the second")
    assert meta.wait_settled()
    by_page = {a.envelope["entry"][0]["id"] for a in receiver.arrived}
    assert by_page == {"10050", other.id}
