"""A team with open browsers, customers of the pretend Meta, and the deployment between them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise

from flask import Flask
from playwright.sync_api import Browser

from inbox.local.stores import Stores
from inbox.models import User
from inbox.simulator.deliveries import Attempt
from inbox.simulator.server import Simulator
from inbox.simulator.webhooks import Retries
from inbox.simulator.world import Person
from tests.bounds import eventually
from tests.faults.load import Feed, Load
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
    screens: list[Screen] = field(default_factory=list)
    fault_over: float = 0.0

    def use(self, web: Web) -> None:
        """From now on Meta delivers to this deployment."""
        self.web = web
        self.meta.webhooks.courier.receiver.url = web.url + WEBHOOK

    def open_screens(self, browser: Browser, *users: User) -> None:
        """Two admins and the agent, each with a conversation open, unless others are named."""
        for number, user in enumerate(users or (self.alice, self.dora, self.bob)):
            opened_id = self.conversation_ids[number if user.is_admin else 0]
            self.screens.append(Screen(browser, self.app, user, self.web.url, opened_id))

    def close_screens(self) -> None:
        for screen in self.screens:
            screen.window.close()
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
        began = max(self.fault_over, self._last_ack())
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
            acked=sum(each.state == "delivered" for each in self.meta.webhooks.deliveries),
            stored=len(mids),
            live=live,
            caught_up=None if live is None else len(stored) - live,
            lost=len(set(sent) - mids),
            twice=len(rows) - len(mids) + self._unread_too_many(),
            out_of_order=self._out_of_order(),
            pause=self._longest_pause(),
        )

    def longest_attempt(self, people: Sequence[Person] = ()) -> float:
        """Seconds that Meta waited for an answer at the most, for deliveries about these people
        (or all); also for answers other than 200."""
        return max((each.took_ms for each in self._attempts(people)), default=0) / 1000

    def slowest_answer(self) -> str:
        return f"slowest answer {self.longest_attempt():.2f} s, {self.refusals()} times 503"

    def refusals(self, people: Sequence[Person] = ()) -> int:
        """How often Meta was told 503."""
        return sum(each.status == 503 for each in self._attempts(people))

    def _attempts(self, people: Sequence[Person] = ()) -> list[Attempt]:
        lanes = {person.id for person in people or self.people}
        return [
            attempt
            for delivery in self.meta.webhooks.deliveries
            if delivery.lane in lanes
            for attempt in delivery.attempts
        ]

    def _unread_too_many(self) -> int:
        """Bumps of the unread count without a message; what was read only lowers it."""
        return int(
            self.database.value(
                "SELECT coalesce(sum(greatest(0, unread_count - (SELECT count(*) FROM messages"
                " WHERE conversation_id = conversations.id AND direction = 'INCOMING'))), 0)"
                " FROM conversations"
            )
        )

    def _out_of_order(self) -> int:
        """Neighbours in our threads that stand the other way round at Meta."""
        wrong = 0
        for person, conversation_id in zip(self.people, self.conversation_ids, strict=True):
            rows = self.database.rows(
                "SELECT mid FROM messages WHERE conversation_id = %s ORDER BY sent_at, id",
                conversation_id,
            )
            at = {m.mid: m.created_ms for m in self.meta.world.thread_with(person).messages}
            times = [at[row["mid"]] for row in rows if row["mid"] in at]
            wrong += sum(one > other for one, other in pairwise(times))
        return wrong

    def _acks(self) -> list[float]:
        """When each 200 came, in seconds of Meta's clock, from the earliest on."""
        return sorted(
            (attempt.at_ms + attempt.took_ms) / 1000
            for delivery in self.meta.webhooks.deliveries
            for attempt in delivery.attempts
            if attempt.status == 200
        )

    def _last_ack(self) -> float:
        ago = self.meta.clock.now_ms() / 1000 - max(self._acks(), default=0)
        return time.monotonic() - ago

    def _longest_pause(self) -> float:
        acks = self._acks()
        return max((later - earlier for earlier, later in pairwise(acks)), default=0)
