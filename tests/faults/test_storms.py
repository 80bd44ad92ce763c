"""Deliveries as Meta may make them: five times at once, in any order, hours late, echo first."""

from __future__ import annotations

from inbox.simulator.clock import HOUR_MS
from tests.bounds import eventually
from tests.e2e.contexts import Contexts
from tests.faults.house import House
from tests.faults.load import Load, both


@both(Load(60, 1000), Load(500, 1000))
def test_each_delivery_comes_five_times_in_any_order_and_hours_late(
    house: House, chromium: Contexts, load: Load
) -> None:
    """A third of them lay at Meta for hours, and every tenth is an echo of Meta's own apps."""
    house.open_screens(chromium, house.alice, house.bob)
    house.meta.webhooks.hold()
    sent = [write(house, number) for number in range(load.messages)]
    for delivery in house.meta.webhooks.release("shuffled"):
        house.meta.webhooks.redeliver(delivery.number, times=4)
    eventually(lambda: house.meta.webhooks.in_flight() == 0, 120)
    note = f"{sum(len(each.attempts) for each in house.meta.webhooks.deliveries)} deliveries"
    house.settle("webhooks: five times, shuffled, late", sent, note=note).file()
    others = [each for each in house.conversation_ids if each not in opened(house)]
    incoming = (
        "SELECT count(*) FROM messages WHERE direction = 'INCOMING' AND conversation_id = ANY(%s)"
    )
    unread = "SELECT sum(unread_count) FROM conversations WHERE id = ANY(%s)"
    assert house.database.value(unread, others) == house.database.value(incoming, others)


def opened(house: House) -> set[int]:
    """What somebody looks at is read as it comes."""
    return {screen.opened_id for screen in house.screens}


def write(house: House, number: int) -> str:
    person = house.people[number % len(house.people)]
    late = (number % 3 == 0) * (6 * HOUR_MS - number * 1000)
    kind = "page_inbox" if number % 10 == 0 else "text"
    at_ms = house.meta.clock.now_ms() - late
    made = house.meta.does(person, kind, text=f"Message {number}", at_ms=at_ms)
    return str(made["mid"])
