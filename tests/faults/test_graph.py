"""Meta's Graph API hangs or fails: neither webhooks nor the inbox notice."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from tests.bounds import eventually
from tests.faults.desk import Desk
from tests.faults.house import House
from tests.faults.load import Load
from tests.processes import Starter

UNDER_WAY = "SELECT count(*) FROM messages WHERE lease_until > now() OR attempt > 0"
LONGEST = 1.0  # seconds, on a machine that does other things too


@pytest.mark.parametrize("kind", ["stall", pytest.param("transient", marks=pytest.mark.long)])
def test_a_graph_that_hangs_or_fails_delays_neither_webhook_nor_inbox(
    house: House, start: Starter, kind: str
) -> None:
    desk = Desk.of(house)
    calm = inbox_seconds(house)
    house.meta.faults.next("any", kind, times=None)  # a stall is one of 60 s
    workers = start.workers("outgoing", "default")
    start.clock()
    desk.answer_everybody()
    desk.send_files(6)
    eventually(lambda: house.database.value(UNDER_WAY) >= 4, 20)
    house.meta.webhooks.clear()  # from here on each is timed
    with house.feed(Load(100, 50)) as feed:
        slowest = max(inbox_seconds(house) for _ in range(10))
    eventually(house.all_acked, 30)
    waited = house.records.longest_attempt()
    note = f"slowest webhook {waited:.2f} s, inbox {slowest:.2f} s (calm: {calm:.2f} s)"
    replace(house.count(f"Graph: every call gets a {kind}", feed.mids), note=note).file()
    workers.kill()  # its calls would hang on
    assert waited < LONGEST
    assert slowest < LONGEST


def inbox_seconds(house: House) -> float:
    """The screen's list and a thread, by the API."""
    alice = house.seat(house.alice)
    began = time.monotonic()
    alice.conversations()
    alice.messages(house.conversation_ids[0])
    return time.monotonic() - began
