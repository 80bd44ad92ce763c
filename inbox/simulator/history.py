"""Some weeks of past talks for the demo's customers, written into the world without webhooks."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from inbox.simulator import ids
from inbox.simulator.cast import add_cast
from inbox.simulator.clock import DAY_MS, HOUR_MS, SECOND_MS
from inbox.simulator.control_shapes import page_shape, thread_shape
from inbox.simulator.dialogues import Dialogue, Line, dialogues_in
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import (
    REACTION_NAMES,
    Attachment,
    Message,
    Person,
    Reaction,
    Thread,
)

MINUTE_MS = 60 * SECOND_MS
WEEKS_MS = 26 * DAY_MS
UNANSWERED_EVERY = 4  # each fourth talk waits for an answer
LONG_EVERY = 13  # some customers have written for years


def populate(meta: PretendMeta, seed: int = 7) -> None:
    """Give the cast its past; a thread that has messages already is left alone."""
    now = meta.clock.now_ms()
    people = add_cast(meta, seed)
    with meta.world.lock:
        for number, person in enumerate(people):
            thread = meta.world.thread_with(person)
            if thread.messages:
                continue
            random = Random(f"{seed}:{person.id}")  # noqa: S311 - the same past in every run
            past = Past(meta, person, thread, random)
            past.tell(number, now)


def history(meta: PretendMeta) -> dict[str, Any]:
    """Everything said so far as plain JSON: pages, and conversations newest first."""
    with meta.world.lock:
        threads = [t for t in meta.world.threads.values() if t.messages]
        threads.sort(key=lambda t: t.updated_ms, reverse=True)
        pages = [page_shape(page) for page in meta.world.pages.values()]
        return {"pages": pages, "conversations": [thread_shape(meta, t) for t in threads]}


@dataclass
class Past:
    """The past of one person with the shop."""

    meta: PretendMeta
    person: Person
    thread: Thread
    random: Random
    told: list[Dialogue] = field(default_factory=list)

    def tell(self, number: int, now: int) -> None:
        """Some talks, the last of them recent for some and weeks ago for others."""
        unanswered = number % UNANSWERED_EVERY == 1
        end = now - self._newest_age(number, unanswered=unanswered)
        for count in range(self._talks(number)):
            talk = self._pick()
            self._play(_cut(talk) if unanswered and count == 0 else talk.lines, end)
            end -= self.random.randint(DAY_MS, 9 * DAY_MS) * (1 if number % LONG_EVERY else 0)
            end -= self.random.randint(5 * HOUR_MS, 40 * HOUR_MS)
        if not unanswered:
            self.thread.page_seen_ms = now
        self._mark_receipts(now)

    def _talks(self, number: int) -> int:
        if number % LONG_EVERY == 0:
            return 14
        return self.random.choice((1, 1, 2, 3))

    def _newest_age(self, number: int, *, unanswered: bool) -> int:
        if unanswered:
            return self.random.randint(3 * MINUTE_MS, 18 * HOUR_MS)
        if number % 3 == 0:
            return self.random.randint(20 * MINUTE_MS, 2 * DAY_MS)
        return self.random.randint(DAY_MS, WEEKS_MS)

    def _pick(self) -> Dialogue:
        """Mostly in the person's own language, and nothing twice while there is anything else."""
        on_instagram = self.person.platform == "instagram"
        chosen = self.random.choice((self.person.language,) * 3 + ("ig" if on_instagram else "en",))
        for language in (chosen, self.person.language, "en"):
            fresh = [talk for talk in dialogues_in(language) if talk not in self.told]
            if fresh:
                self.told.append(self.random.choice(fresh))
                return self.told[-1]
        return self.random.choice(dialogues_in("en"))

    def _play(self, lines: tuple[Line, ...], end: int) -> None:
        """Write the lines so that the last one is said at `end`."""
        gaps = [self._gap(line) for line in lines[1:]]
        moment = end - sum(gaps)
        for line, gap in zip(lines, [*gaps, 0], strict=True):
            self._write(line, moment)
            moment += gap

    def _gap(self, line: Line) -> int:
        """Customers answer in minutes; the shop sometimes after hours."""
        if line.by_page and self.random.random() < 0.15:
            return self.random.randint(HOUR_MS, 9 * HOUR_MS)
        return self.random.randint(20 * SECOND_MS, 25 * MINUTE_MS)

    def _write(self, line: Line, moment: int) -> None:
        if not line.by_page:
            self.thread.window_opened_ms = max(self.thread.window_opened_ms, moment)
        if line.kind == "reaction":
            self._react(line, moment)
            return
        owner = self.meta.world.pages[self.thread.page_id].own_id(self.thread.platform)
        message = Message(
            mid=ids.message_id(self.random, self.thread.platform, owner),
            from_page=line.by_page,
            created_ms=moment,
            text=line.text.format(name=self.person.name.split()[0]),
            attachments=[self._file(line)] if line.kind == "file" else [],
            app_id=int(self.meta.app.id) if line.by_page else None,
        )
        if line.kind == "story" or line.file_type == "mention":
            kind = "reply_to" if line.kind == "story" else "mention"
            url = self.meta.media_url("story.png")
            message.story = {"kind": kind, "id": "17900000000000001", "url": url}
        self.meta.world.add_message(self.thread, message)

    def _file(self, line: Line) -> Attachment:
        kind = "story_mention" if line.file_type == "mention" else line.file_type
        payload: dict[str, Any] = {"url": self.meta.media_url(line.file_name)}
        if kind == "ig_reel":
            payload |= {"title": "Throwing a bowl", "reel_video_id": "9001"}
        file = self.meta.media.get(line.file_name)
        if file is None:
            raise LookupError(f"no file {line.file_name}")
        return Attachment(kind, payload, file.mime_type, line.file_name, len(file.content))

    def _react(self, line: Line, moment: int) -> None:
        others = [
            m
            for m in self.thread.messages
            if m.from_page != line.by_page and m.created_ms <= moment
        ]
        if others:
            name = REACTION_NAMES.get(line.text, "other")
            by = "page" if line.by_page else "person"
            others[-1].reactions[by] = Reaction(name, line.text)

    def _mark_receipts(self, now: int) -> None:
        """What the shop wrote was delivered, and read unless it is quite new."""
        for message in self.thread.messages:
            if message.from_page:
                message.delivered_ms = message.created_ms + 2 * SECOND_MS
                answered = message.created_ms < self.thread.window_opened_ms
                if answered or now - message.created_ms > 3 * HOUR_MS:
                    message.read_ms = message.created_ms + MINUTE_MS


def _cut(talk: Dialogue) -> tuple[Line, ...]:
    """The beginning of a talk, up to something that the customer said."""
    said = [
        number
        for number, line in enumerate(talk.lines)
        if not line.by_page and line.kind != "reaction"
    ]
    following = [n for n in said if n + 1 >= len(talk.lines) or talk.lines[n + 1].by_page]
    return talk.lines[: following[len(following) // 2] + 1]
