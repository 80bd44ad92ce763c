"""Web processes are killed, ended and replaced while messages flow."""

from __future__ import annotations

import os
import random
import signal
import threading

import pytest

from tests.bounds import eventually
from tests.e2e.contexts import Contexts
from tests.faults.house import CONVERGE_SECONDS, House
from tests.faults.load import Load, both
from tests.pids import children_of, is_alive
from tests.processes import Starter, Web

SERVES = "Serving on port"  # what a web process logs


@both(Load(500, 150), Load(500, 40))
def test_all_web_processes_are_killed_amid_500_messages(
    house: House, chromium: Contexts, load: Load
) -> None:
    house.open_screens(chromium, house.alice, house.dora, house.bob)
    with house.feed(load) as feed:
        feed.reach(0.5)
        with house.fault():
            house.end_children()
    house.settle("web: kill -9 of both processes", feed.mids).file()


@both(Load(100, 60), Load(500, 40))
def test_web_processes_are_replaced_one_after_the_other(screens: House, load: Load) -> None:
    with screens.feed(load) as feed:
        feed.reach(0.25)
        with screens.fault():
            for pid in children_of(screens.web.process.pid):
                replace_child(screens.web, pid, signal.SIGTERM)
    screens.settle("web: SIGTERM, one by one", feed.mids).file()


@pytest.mark.long
def test_the_parent_is_killed_and_started_again(
    house: House, chromium: Contexts, start: Starter
) -> None:
    house.use(start.web(processes=2))
    house.open_screens(chromium, house.alice, house.dora, house.bob)
    with house.feed(Load(500, 40)) as feed:
        feed.reach(0.5)
        with house.fault():
            children = children_of(house.web.process.pid)
            house.web.process.kill()
            eventually(lambda: not any(is_alive(pid) for pid in children))
            house.use(start.web(processes=2, PORT=house.web.url.rpartition(":")[2]))
    house.settle("web: parent killed, started again", feed.mids).file()


@both(Load(40, 200, rounds=2), Load(40, 200, rounds=40))
def test_one_of_two_is_killed_at_any_moment(screens: House, load: Load) -> None:
    """Somewhere between commit and emit, or commit and answer; the other's browsers stay."""
    chance = random.Random(load.rounds)
    sent: list[str] = []
    for _ in range(load.rounds):
        with screens.feed(load) as feed:
            feed.reach(chance.uniform(0.1, 0.8))
            threading.Event().wait(chance.uniform(0, 0.05))
            with screens.fault():
                victim = chance.choice(children_of(screens.web.process.pid))
                replace_child(screens.web, victim, signal.SIGKILL)
        sent += feed.mids
    journalled = screens.database.value("SELECT count(*) FROM webhook_deliveries")
    note = f"{load.rounds} kills, {journalled - len(sent)} committed without a 200"
    screens.settle("web: one of two killed, again and again", sent, note=note).file()


@pytest.mark.long
@pytest.mark.parametrize("load", [Load(500, 40, outage=10), Load(900, 20, outage=90)])
def test_one_of_two_stands_still(screens: House, load: Load) -> None:
    """It holds its sockets, and the deliveries that it has accepted, and answers nobody."""
    with screens.feed(load) as feed:
        feed.reach(0.2)
        victim = children_of(screens.web.process.pid)[0]
        with screens.fault():
            os.kill(victim, signal.SIGSTOP)
            try:
                threading.Event().wait(load.outage)
            finally:
                os.kill(victim, signal.SIGCONT)
    name = f"web: one of two stopped for {load.outage:g} s"
    screens.settle(name, feed.mids, note=screens.records.slowest_answer()).file()


def replace_child(web: Web, pid: int, number: signal.Signals) -> None:
    """Until another one serves in its place."""
    before = web.process.log.read_text().count(SERVES)
    os.kill(pid, number)
    eventually(lambda: web.process.log.read_text().count(SERVES) > before, 60)


@pytest.mark.long
def test_what_nobody_was_told_is_shown_by_the_first_pulse(
    house: House, chromium: Contexts, start: Starter
) -> None:
    """The change comes between the start of the process and its first regular beat."""
    house.use(start.web())
    house.open_screens(chromium, house.alice, house.bob)
    house.database.rows(
        "UPDATE conversations SET last_message_snippet = 'Nobody told you', unread_count = 3,"
        " version = version + 1, changed_xid = pg_current_xact_id() WHERE id = %s",
        house.conversation_ids[2],
    )
    assert len(house.differences()) == 2
    eventually(house.is_equal, CONVERGE_SECONDS)
