"""The webhook sender: lanes, retries, held deliveries, redelivery, and giving a page up."""

import itertools
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from inbox.simulator.clock import SECOND_MS
from inbox.simulator.courier import Courier
from inbox.simulator.deliveries import Delivery, Event, delivery_of
from inbox.simulator.records import remember
from inbox.simulator.timeline import Timeline
from inbox.simulator.world import World

Order = Literal["kept", "reversed", "shuffled"]


@dataclass
class Retries:
    """Meta retries at once "a few more times", then ever more rarely (Webhooks page; spacing is
    not documented), and unsubscribes the page after an hour of failure."""

    at_once: int = 2
    spacing_s: tuple[float, ...] = (10, 30, 60, 120, 300, 600)
    unsubscribe_after_s: float = 3600.0


class Webhooks:
    """Sends events from its own threads; each person's events start in their order."""

    def __init__(self, world: World, courier: Courier, timeline: Timeline, lanes: int = 4) -> None:
        self.courier = courier
        self.retries = Retries()
        self.deliveries: list[Delivery] = []
        self.holding = False
        self._world = world
        self._timeline = timeline
        self._held: list[Event] = []
        self._numbers = itertools.count(1)
        self._open = 0
        self._settled = threading.Condition()
        self._lanes: list[queue.Queue[Delivery | None]] = [queue.Queue() for _ in range(lanes)]
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name="webhooks", daemon=True)
            for lane in self._lanes
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=self.courier.receiver.timeout_s + 1)

    def emit(self, *events: Event) -> None:
        """Send each event as a delivery of its own, or keep them while `holding`."""
        for event in events:
            if self.holding:
                with self._world.lock:
                    self._held.append(event)
            elif self._wanted(event):
                self._enqueue(self._record([event]))
            else:
                self._record([event]).state = "unsubscribed"

    def hold(self) -> None:
        """Keep every event back until `release`."""
        self.holding = True

    def release(
        self, order: Order = "kept", *, batch: bool = False, copies: int = 1
    ) -> list[Delivery]:
        """Send what was held: in another order, as one delivery of several entries, or repeated."""
        self.holding = False
        with self._world.lock:
            events, self._held = self._held, []
        events = [event for event in events if self._wanted(event)]
        if order == "reversed":
            events.reverse()
        elif order == "shuffled":
            self._world.random.shuffle(events)
        made = [self._record(group) for group in _groups(events, batch=batch)]
        for delivery in made:
            for _ in range(copies):
                self._enqueue(delivery)
        return made

    def redeliver(self, number: int, times: int = 1) -> None:
        """Send the same bytes again (LookupError if there is no such delivery)."""
        with self._world.lock:
            delivery = next((d for d in self.deliveries if d.number == number), None)
        if delivery is None:
            raise LookupError(f"no delivery {number}")
        for copy in range(times):
            # Over all lanes, so that copies meet at the receiver as Meta's do.
            self._enqueue(delivery, lane=copy)

    def in_flight(self) -> int:
        """Deliveries queued or being sent; those that wait for a spaced retry do not count."""
        with self._settled:
            return self._open

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> bool:
        """Wait for a condition that deliveries bring about; False if it did not come in time."""
        with self._settled:
            return self._settled.wait_for(ready, timeout)

    def clear(self) -> None:
        """Forget all deliveries and what is held."""
        with self._world.lock:
            self.deliveries.clear()
            self._held.clear()
            self.holding = False

    def _wanted(self, event: Event) -> bool:
        page = self._world.pages.get(event.page_id)
        if not self.courier.receiver.url or page is None or not page.subscribed_fields:
            return False
        # Instagram's fields are chosen on the app, so any subscription of the page will do.
        return event.object == "instagram" or event.subscription in page.subscribed_fields

    def _record(self, events: list[Event]) -> Delivery:
        with self._world.lock:
            delivery = delivery_of(next(self._numbers), events)
            remember(self.deliveries, delivery)
        return delivery

    def _enqueue(self, delivery: Delivery, lane: int | None = None) -> None:
        with self._settled:
            self._open += 1
        chosen = hash(delivery.lane) if lane is None else lane
        self._lanes[chosen % len(self._lanes)].put(delivery)

    def _run(self, lane: "queue.Queue[Delivery | None]") -> None:
        while (delivery := lane.get()) is not None:
            try:
                self._carry(delivery)
            finally:
                with self._settled:
                    self._open -= 1
                    self._settled.notify_all()

    def _carry(self, delivery: Delivery) -> None:
        for _ in range(1 + self.retries.at_once):
            attempt = self.courier.post(delivery.body)
            with self._world.lock:
                delivery.attempts.append(attempt)
                if attempt.status == 200:
                    delivery.state = "delivered"
                    self._mark_working(delivery.page_ids)
                    return
                self._mark_failing(delivery.page_ids, attempt.at_ms)
        self._retry_later(delivery)

    def _retry_later(self, delivery: Delivery) -> None:
        if not self._still_subscribed(delivery.page_ids):
            delivery.state = "dropped"
            return
        delivery.state = "retrying"
        spacing = self.retries.spacing_s
        rounds = len(delivery.attempts) // (1 + self.retries.at_once)
        self._timeline.after(spacing[min(rounds, len(spacing)) - 1], lambda: self._again(delivery))

    def _again(self, delivery: Delivery) -> None:
        if self._still_subscribed(delivery.page_ids):
            self._enqueue(delivery)
        else:
            delivery.state = "dropped"

    def _still_subscribed(self, page_ids: Iterable[str]) -> bool:
        pages = [self._world.pages.get(page_id) for page_id in page_ids]
        return any(page is not None and page.subscribed_fields for page in pages)

    def _mark_working(self, page_ids: Iterable[str]) -> None:
        for page_id in page_ids:
            if page := self._world.pages.get(page_id):
                page.failing_since_ms = None

    def _mark_failing(self, page_ids: Iterable[str], at_ms: int) -> None:
        limit_ms = self.retries.unsubscribe_after_s * SECOND_MS
        for page_id in page_ids:
            if page := self._world.pages.get(page_id):
                page.failing_since_ms = page.failing_since_ms or at_ms
                if at_ms - page.failing_since_ms >= limit_ms:
                    page.subscribed_fields = []


def _groups(events: list[Event], *, batch: bool) -> list[list[Event]]:
    if not batch:
        return [[event] for event in events]
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.object, []).append(event)
    return list(groups.values())
