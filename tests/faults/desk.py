"""Replies and files under way while workers die: what is asked for, and what came of it."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.api.seats import Seat
from tests.bounds import eventually
from tests.faults.house import House
from tests.faults.report import Report

PATIENCE = 100  # seconds: a reply that left no trace is given up after a minute


@dataclass
class Desk:
    """Alice answers everybody in turn. Each answer's text is its own."""

    house: House
    alice: Seat
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, house: House) -> Desk:
        """Everybody has just written, so that they may be answered."""
        for person in house.people:
            house.meta.says(person, f"This is {person.name}")
        eventually(house.all_acked, 30)
        return cls(house, house.seat(house.alice))

    def answer_everybody(self, times: int = 1) -> None:
        for number, conversation_id in itertools.product(range(times), self.house.conversation_ids):
            text = f"Answer {len(self.asked)}, round {number}"
            path = f"conversations/{conversation_id}/messages"
            # As the composer does: again under the same id, when the server is busy just then.
            body = {"text": text, "clientMessageId": text}
            eventually(partial(self._is_taken, path, body))
            self.asked.append(text)

    def _is_taken(self, path: str, body: dict[str, str]) -> bool:
        return self.alice.ask("POST", path, json=body).ok

    def send_files(self, count: int) -> None:
        """From the people to us: each is to be copied."""
        for person, _ in zip(itertools.cycle(self.house.people), range(count), strict=False):
            self.house.meta.does(person, "attachment", type="image")

    def is_done(self) -> bool:
        """No reply is under way, and no file waits."""
        waiting = self.house.database.value(
            "SELECT (SELECT count(*) FROM messages WHERE delivery IN ('SENDING', 'UNSURE'))"
            " + (SELECT count(*) FROM attachments WHERE copy_state <> 'STORED')"
        )
        return int(waiting) == 0

    def give_up_nothing(self) -> int:
        """A person presses Retry at what failed; answers how many that were."""
        failed = self.house.database.rows("SELECT id FROM messages WHERE delivery = 'FAILED'")
        for row in failed:
            self.alice.post(f"messages/{row['id']}/retry")
        return len(failed)

    def count(self, run: str, *, recovery: float, note: str) -> Report:
        """Replies by their texts; `stored` are those that our database calls sent."""
        sent = [(each["person_id"], _text(each)) for each in self._sent()]
        copies = Counter(text for _, text in sent)
        known = self.house.database.value(
            "SELECT count(*) FROM messages WHERE direction = 'OUTGOING' AND mid IS NOT NULL"
            " AND delivery IN ('SENT', 'DELIVERED', 'READ')"
        )
        return Report(
            run=run,
            sent=len(self.asked),
            acked=len(copies),
            stored=int(known),
            lost=len(set(self.asked) - copies.keys()),
            twice=sum(copies.values()) - len(copies),
            out_of_order=self._out_of_order(sent),
            equal=recovery,
            note=note,
        )

    def _sent(self) -> list[dict[str, Any]]:
        return [
            {"person_id": each["request"]["recipient"]["id"], "request": each["request"]}
            for each in self.house.meta.sent
        ]

    def _out_of_order(self, sent: list[tuple[str, str]]) -> int:
        wrong = 0
        for person in self.house.people:
            texts = [self.asked.index(text) for whom, text in sent if whom == person.id]
            wrong += sum(one > other for one, other in itertools.pairwise(texts))
        return wrong


def _text(sent: dict[str, Any]) -> str:
    return str(sent["request"]["message"]["text"])
