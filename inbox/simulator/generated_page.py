"""A page of any size whose threads are made up when they are read, always the same.

Thread n and its message i (0 is the oldest) are functions of (seed, n, i) alone. Thread 0 is the
one that was updated last. Whoever acts is taken into the world (`World.take_in`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist

from inbox.simulator import ids
from inbox.simulator.clock import DAY_MS
from inbox.simulator.generated_messages import GeneratedMessages, Script, place_of_mid
from inbox.simulator.generated_names import named
from inbox.simulator.generated_talk import ring_of
from inbox.simulator.media import MediaFile
from inbox.simulator.world import Page, Person, Platform, Thread

NEWEST_MS = 1_793_000_000_000  # 2026-10-26: the same in every run unless told otherwise
NORMAL = NormalDist()
PARTS = 1000  # shares are counted in thousandths
FIRST_PERSON, PERSON_STEP = 4_200_000_000_000_000, 40_503_000_017
FIRST_THREAD, THREAD_STEP = 2_100_000_000_000_000, 10_007_000_003


@dataclass(frozen=True)
class GeneratedSettings:
    """How large, and how the lengths of its threads spread (lognormal: mean, sigma)."""

    threads: int = 1000
    mean: float = 35.0
    sigma: float = 0.9
    seed: int = 1
    instagram_share: float = 0.3
    nameless_share: float = 0.005
    """Of the people on Messenger; Meta does not say their names."""
    newest_ms: int = NEWEST_MS
    span_days: float = 180.0
    """Between the threads updated first and last."""

    @property
    def instagram_parts(self) -> int:
        return min(PARTS, max(0, round(self.instagram_share * PARTS)))


@dataclass
class GeneratedPage:
    """What the world reads of it stands in `world.Generated`."""

    page: Page
    settings: GeneratedSettings
    file: Callable[[str], MediaFile | None]
    """A file of the media shelf by its name."""
    file_url: Callable[[str], str]

    def count(self, platform: Platform) -> int:
        """How many threads there are on a platform."""
        on_instagram = self.settings.threads * self.settings.instagram_parts // PARTS
        return on_instagram if platform == "instagram" else self.settings.threads - on_instagram

    def nth(self, platform: Platform, number: int) -> int:
        """Which thread of all is this one of its platform (both counted from 0)."""
        parts = self.settings.instagram_parts
        if platform == "instagram":
            return -(-(number + 1) * PARTS // parts) - 1
        return number * PARTS // (PARTS - parts)

    def platform(self, n: int) -> Platform:
        parts = self.settings.instagram_parts
        return "instagram" if (n + 1) * parts // PARTS > n * parts // PARTS else "messenger"

    def updated_ms(self, n: int) -> int:
        """When the last message of thread n was said; falls as n rises."""
        wobble = int.from_bytes(self._draw(n)[10:14], "big") % max(1, self._step_ms // 2)
        return self.settings.newest_ms - n * self._step_ms - wobble

    def length(self, n: int) -> int:
        """How many messages thread n has: lognormal, at least one."""
        share = (int.from_bytes(self._draw(n)[:7], "big") + 0.5) / (1 << 56)
        sigma = self.settings.sigma
        middle = log(self.settings.mean) - sigma * sigma / 2
        return max(1, round(exp(middle + sigma * NORMAL.inv_cdf(share))))

    def make_person(self, n: int) -> Person:
        draw = self._draw(n)
        who, platform = named(draw[14:18], n), self.platform(n)
        identity = str(FIRST_PERSON + self._offset + n * PERSON_STEP)
        nameless = int.from_bytes(draw[18:20], "big") < self.settings.nameless_share * (1 << 16)
        return Person(
            identity,
            self.page.id,
            platform,
            "" if nameless and platform == "messenger" else who.name,
            who.username,
            who.language,
            f"avatar-{identity}.png",
            thread_id=self._thread_id(n, platform),
        )

    def make_thread(self, n: int) -> Thread:
        person, updated_ms = self.make_person(n), self.updated_ms(n)
        messages = GeneratedMessages(self._script(n, person, updated_ms))
        thread = Thread(
            person.thread_id, self.page.id, person.id, person.platform, messages,
            updated_ms=updated_ms, page_seen_ms=updated_ms,
        )  # fmt: skip
        thread.window_opened_ms = updated_ms
        return thread

    def person(self, person_id: str) -> Person | None:
        n = self._number(person_id, FIRST_PERSON, PERSON_STEP)
        return None if n is None else self.make_person(n)

    def thread(self, thread_id: str) -> Thread | None:
        hidden = thread_id[2:] if thread_id.startswith("t_") else ids.hidden_number(thread_id)
        n = self._number(hidden, FIRST_THREAD, THREAD_STEP)
        if n is None or self._thread_id(n, self.platform(n)) != thread_id:
            return None
        return self.make_thread(n)

    def thread_of_message(self, mid: str) -> Thread | None:
        place = place_of_mid(mid)
        if place is None or not place[0] < self.settings.threads:
            return None
        thread = self.make_thread(place[0])
        known = place[1] < len(thread.messages) and thread.messages[place[1]].mid == mid
        return thread if known else None

    def threads_after(self, platform: Platform, before_ms: int) -> Iterator[Thread]:
        count = self.count(platform)
        low, high = 0, count
        while low < high:  # the first that was updated at `before_ms` or earlier
            middle = (low + high) // 2
            if self.updated_ms(self.nth(platform, middle)) <= before_ms:
                high = middle
            else:
                low = middle + 1
        return (self.make_thread(self.nth(platform, number)) for number in range(low, count))

    def later(self, newest_ms: int) -> "GeneratedPage":
        """The same page with all its times moved."""
        return replace(self, settings=replace(self.settings, newest_ms=newest_ms))

    @cached_property
    def _step_ms(self) -> int:
        return max(1, int(self.settings.span_days * DAY_MS / max(1, self.settings.threads)))

    @cached_property
    def _key(self) -> bytes:
        return blake2b(f"{self.settings.seed}:{self.page.id}".encode(), digest_size=32).digest()

    @cached_property
    def _offset(self) -> int:
        """Makes the ids of two pages differ."""
        return int.from_bytes(self._key[:5], "big") * 1000

    def _draw(self, n: int) -> bytes:
        """32 random bytes that belong to thread n."""
        return blake2b(n.to_bytes(8, "big"), key=self._key, digest_size=32).digest()

    def _thread_id(self, n: int, platform: Platform) -> str:
        return ids.thread_of_number(
            platform, self.page.id, FIRST_THREAD + self._offset + n * THREAD_STEP
        )

    def _number(self, identity: str, first: int, step: int) -> int | None:
        if not (identity.isascii() and identity.isdigit() and len(identity) < 20):
            return None
        n, rest = divmod(int(identity) - first - self._offset, step)
        return n if rest == 0 and 0 <= n < self.settings.threads else None

    def _script(self, n: int, person: Person, updated_ms: int) -> Script:
        draw = self._draw(n)
        ring = ring_of(person.language, person.platform)
        return Script(
            n=n,
            key=draw,
            length=self.length(n),
            last_ms=updated_ms,
            ring=ring,
            start=ring.beginnings[draw[20] % len(ring.beginnings)],
            pace=600 + draw[21] * 4,
            first_name=person.name.split()[0] if person.name else "",
            owner_id=self.page.own_id(person.platform),
            platform=person.platform,
            file=self.file,
            file_url=self.file_url,
        )
