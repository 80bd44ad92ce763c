"""Demo life: customers who write now and then, and who answer when we answer them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from inbox.simulator.cast import LIVE, add_cast
from inbox.simulator.clock import SECOND_MS
from inbox.simulator.customer import perform
from inbox.simulator.pretend import Pace, PretendMeta
from inbox.simulator.workshop import somebody
from inbox.simulator.world import Message, Person, Thread

PHRASES: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "phrases.json").read_text("utf-8")
)
PICTURES = ("vase.png", "bowl.png", "cup.png", "plate.png", "broken.png", "workshop.jpg")
EMOJI = ("❤", "😆", "😮", "👍")
# Words by which a customer understands what our answer was about.
PRICE_WORDS = ("kr", "nok", "eur", "€", "price", "pris", "preis", "prix", "precio")
SHIPPING_WORDS = ("ship", "send", "track", "deliver", "liefer", "lever", "livr", "enví", "invi")
ENOUGH = 2  # unanswered messages after which a customer waits
TIRED = 12  # times slower while everybody waits, so that an inbox left alone does not overflow
ELSEWHERE = 0.2  # how often somebody of the workshop joins, once it is connected
PATIENCE = 3  # answers in a row before a customer is content


@dataclass
class LiveDemo:
    """Somebody writes every `quickest_s` to `slowest_s` seconds; answers come after some more."""

    meta: PretendMeta
    random: Random
    quickest_s: float = 8.0
    slowest_s: float = 25.0
    answer_s: tuple[float, float] = (3.0, 9.0)
    people: list[Person] = field(default_factory=list)
    _answered: dict[str, str] = field(default_factory=dict)
    _patience: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        pause = self.random.uniform(self.quickest_s, self.slowest_s)
        self.meta.timeline.after(pause, self._write)
        self._watch()

    def _write(self) -> None:
        """Somebody opens a subject: rather one who is not waiting for an answer already."""
        if self.random.random() < ELSEWHERE and (guest := somebody(self.meta, self.random)):
            self._welcome(guest)
        free = [person for person in self.people if self._waiting(person) < ENOUGH]
        pause = self.random.uniform(self.quickest_s, self.slowest_s)
        self.meta.timeline.after(pause if free else pause * TIRED, self._write)
        person = self.random.choice(free) if free else min(self.people, key=self._waiting)
        self._patience[person.id] = PATIENCE
        self._say(person, self.random.choice(_phrases(person)["openers"]))
        if free and self.random.random() < 0.18:
            picture = self.random.choice(PICTURES)
            self._act(person, "attachment", type="image", media=picture)

    def _welcome(self, guest: Person) -> None:
        """One of the workshop's customers joins those who write."""
        if guest not in self.people:
            self.people.append(guest)

    def _waiting(self, person: Person) -> int:
        return len(self.meta.world.thread_with(person).unread())

    def _watch(self) -> None:
        """Notice our answers within a second."""
        self.meta.timeline.after(1.0, self._watch)
        for person in list(self.people):
            thread = self.meta.world.thread_with(person)
            ours = thread.messages[-1] if thread.messages else None
            if ours is None or not ours.from_page or self._answered.get(person.id) == ours.mid:
                continue
            self._answered[person.id] = ours.mid
            if self.meta.clock.now_ms() - ours.created_ms < 60 * SECOND_MS:
                self._plan_answer(person, thread, ours)

    def _plan_answer(self, person: Person, thread: Thread, ours: Message) -> None:
        left = self._patience.get(person.id, PATIENCE)
        self._patience[person.id] = left - 1
        pause = self.random.uniform(*self.answer_s)
        if left <= 0 or self.random.random() < 0.2:
            emoji = self.random.choice(EMOJI)
            self.meta.timeline.after(
                pause, lambda: self._act(person, "reaction", mid=ours.mid, emoji=emoji)
            )
            return
        said = {m.text for m in thread.messages[-8:]}
        choices = _phrases(person)[topic_of(ours.text)]
        fresh = [text for text in choices if text not in said] or choices
        text = self.random.choice(fresh)
        self.meta.timeline.after(pause, lambda: self._say(person, text))

    def _say(self, person: Person, text: str) -> None:
        self._act(person, "text", text=text)

    def _act(self, person: Person, kind: str, **fields: Any) -> None:
        if person.id in self.meta.world.people:
            perform(self.meta, person, kind, fields)


def live(meta: PretendMeta, seed: int | None = None, **pace: Any) -> LiveDemo:
    """Bring the first 24 of the cast to life; `pace` as in LiveDemo (`quickest_s`, …)."""
    people = add_cast(meta)[:LIVE]
    meta.pace = Pace(echo_s=0.3, delivery_s=0.8, read_s=2.5)
    random = Random(seed)  # noqa: S311 - who writes next is no secret
    demo = LiveDemo(meta, random, people=people, **pace)
    demo.start()
    return demo


def topic_of(text: str) -> str:
    """What our answer is about, as far as a customer of the demo understands it."""
    lowered = text.lower()
    if lowered.rstrip().endswith(("?", "？", "؟")):
        return "question"
    if any(word in lowered for word in SHIPPING_WORDS):
        return "shipping"
    words = lowered.replace(".", " ").replace(",", " ").split()
    if any(word in words for word in PRICE_WORDS) or "€" in lowered:
        return "price"
    return "other"


def _phrases(person: Person) -> dict[str, list[str]]:
    return PHRASES.get(person.language, PHRASES["en"])
