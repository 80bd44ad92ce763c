"""A team with open browsers, customers of the pretend Meta, and the deployment between them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask

from inbox.local.stores import Stores
from inbox.models import User
from inbox.simulator.server import Simulator
from inbox.simulator.webhooks import Retries
from inbox.simulator.world import Person
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.e2e.contexts import Contexts
from tests.e2e.window import Window
from tests.faults.load import Feed, Load
from tests.faults.records import Records
from tests.faults.report import Report
from tests.faults.screen import Screen
from tests.pids import children_of
from tests.processes import Web
from tests.stores import Database

CONVERGE_SECONDS = 25  # the pulse beats every 15 s, and browsers spread over 3 s more
WEBHOOK = "/api/webhooks/facebook"
# As eager as Meta is patient: a run must not wait for minutes.
HURRIED = Retries(at_once=2, spacing_s=(0.5, 1, 2))


@dataclass
class House:
    """Alice and Dora are admins, Bob is an agent who holds every other conversation."""

    app: Flask
    database: Database
    stores: Stores
    meta: Simulator
    web: Web
    alice: User
    dora: User
    bob: User
    people: list[Person]
    conversation_ids: list[int]
    records: Records
    screens: list[Screen] = field(default_factory=list)
    chromium: Contexts | None = None  # whose windows the screens are
    fault_over: float = 0.0

    def use(self, web: Web) -> None:
        """From now on Meta delivers to this deployment."""
        self.web = web
        self.meta.webhooks.courier.receiver.url = web.url + WEBHOOK

    def seat(self, user: User) -> Seat:
        """Asks the API in their name."""
        return Seat.of(user, self.app, self.web.url)

    def open_screens(self, chromium: Contexts, *users: User) -> None:
        """A browser for each, with a conversation open; Bob has the same one open as Alice."""
        self.chromium = chromium
        for user in users:
            opened_id = self.conversation_ids[1 if user is self.dora else 0]
            window = Window.of(chromium, self.app, user, self.web.url)
            self.screens.append(Screen(window, user, self.seat(user), opened_id))

    def open_tab(self) -> None:
        """Another tab of Alice's browser, which is open already, with another conversation."""
        context = self.screens[0].window.context
        window = Window(context, context.new_page(), self.web.url)
        self.screens.append(
            Screen(window, self.alice, self.seat(self.alice), self.conversation_ids[1])
        )

    def close_screens(self) -> None:
        for screen in self.screens:
            screen.leave()
            assert self.chromium is not None
            self.chromium.give_back(screen.window.page)
        assert [trouble for each in self.screens for trouble in each.window.troubles] == []

    @contextmanager
    def fault(self) -> Iterator[None]:
        """What breaks is broken in this block, and mended at its end."""
        yield
        self.fault_over = time.monotonic()

    def feed(self, load: Load, people: Sequence[Person] = ()) -> Feed:
        return Feed(self.meta, people or self.people, load)

    def end_children(self, number: signal.Signals = signal.SIGKILL) -> None:
        for pid in children_of(self.web.process.pid):
            os.kill(pid, number)

    def all_acked(self) -> bool:
        return all(each.state == "delivered" for each in self.meta.webhooks.deliveries)

    def is_equal(self) -> bool:
        return not any(screen.difference() for screen in self.screens)

    def differences(self) -> list[str]:
        return [found for screen in self.screens if (found := screen.difference())]

    def settle(self, run: str, sent: Sequence[str], *, note: str = "") -> Report:
        """Waits until Meta has a 200 for all and every browser equals the database; measures."""
        eventually(self.all_acked, 90)
        began = max(self.fault_over, self.records.last_ack())
        while found := self.differences():
            assert time.monotonic() - began < CONVERGE_SECONDS, found
            time.sleep(0.05)
        equal = time.monotonic() - began
        return replace(self.count(run, sent), equal=equal, note=note)

    def count(self, run: str, sent: Sequence[str]) -> Report:
        rows = self.database.rows(
            "SELECT id::text, mid FROM messages WHERE mid = ANY(%s)", list(sent)
        )
        stored = {row["id"] for row in rows}
        mids = {row["mid"] for row in rows}
        admins = [screen.heard for screen in self.screens if screen.is_admin]
        live = min((len(stored & heard.keys()) for heard in admins), default=None)
        return Report(
            run=run,
            sent=len(sent),
            acked=len(set(sent) & self.records.acked_mids()),
            stored=len(mids),
            live=live,
            caught_up=None if live is None else len(stored) - live,
            lost=len(set(sent) - mids),
            twice=len(rows) - len(mids) + self.records.unread_too_many(),
            out_of_order=self.records.out_of_order(),
            pause=self.records.longest_pause(),
        )
