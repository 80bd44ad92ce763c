"""What Meta's sender and the database can tell about a run."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inbox.simulator.deliveries import Attempt
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.stores import Database


@dataclass
class Records:
    """`people` and `conversation_ids` stand in the same order."""

    database: Database
    meta: Simulator
    people: list[Person]
    conversation_ids: list[int]

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

    def acked_mids(self) -> set[str]:
        """Of the messages in deliveries of one event each that got a 200."""
        acked = [each for each in self.meta.webhooks.deliveries if each.state == "delivered"]
        items = [json.loads(each.body)["entry"][0]["messaging"][0] for each in acked]
        return {item["message"]["mid"] for item in items if "message" in item}

    def unread_too_many(self) -> int:
        """Bumps of the unread count without a message; what was read only lowers it."""
        return int(
            self.database.value(
                "SELECT coalesce(sum(greatest(0, unread_count - (SELECT count(*) FROM messages"
                " WHERE conversation_id = conversations.id AND direction = 'INCOMING'))), 0)"
                " FROM conversations"
            )
        )

    def out_of_order(self) -> int:
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

    def last_ack(self) -> float:
        ago = self.meta.clock.now_ms() / 1000 - max(self._acks(), default=0)
        return time.monotonic() - ago

    def longest_pause(self) -> float:
        acks = self._acks()
        return max((later - earlier for earlier, later in pairwise(acks)), default=0)
