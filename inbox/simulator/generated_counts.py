"""What a complete sync of a page brings: counts and checksums, and the fewest calls it takes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, get_args

from inbox.simulator.generated_messages import GeneratedMessages
from inbox.simulator.limits import Limits
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Page, Platform, Thread


@dataclass
class Tally:
    threads: int = 0
    messages: int = 0
    """Messages that the lists name; those that were unsent are not among them."""
    detailed: int = 0
    """Messages that Meta tells more of than their id."""
    checksum: int = 0
    """The sum, over all these mids, of the first 15 hexadecimal digits of its MD5, as a number.
    In SQL: `sum(('x' || left(md5(mid), 15))::bit(60)::bigint)`."""
    detailed_checksum: int = 0

    def add(self, thread: Thread, detailed: int) -> None:
        mids = list(_mids(thread))
        sums = [mark(mid) for mid in mids]
        known = min(len(mids), detailed or len(mids))
        self.threads += 1
        self.messages += len(mids)
        self.detailed += known
        self.checksum += sum(sums)
        self.detailed_checksum += sum(sums[:known])

    def shape(self) -> dict[str, Any]:
        return {
            "threads": self.threads,
            "messages": self.messages,
            "detailed": self.detailed,
            "checksum": str(self.checksum),
            "detailedChecksum": str(self.detailed_checksum),
        }


def mark(mid: str) -> int:
    """What a mid adds to a checksum."""
    return int(hashlib.md5(mid.encode(), usedforsecurity=False).hexdigest()[:15], 16)


def totals(meta: PretendMeta, page: Page) -> dict[str, Any]:
    """`{"messenger": tally, "instagram": tally}` of everything that stands on the page now."""
    with meta.world.lock:
        shapes = {}
        for platform in get_args(Platform):
            tally = Tally()
            for thread in meta.world.threads_of(page, platform):
                tally.add(thread, detailed_of(meta.limits, platform))
            shapes[platform] = tally.shape()
        return shapes


def fewest_calls(
    meta: PretendMeta, page: Page, *, per_call: int = 100, budget: int = 2500
) -> dict[str, Any]:
    """The fewest Graph calls that bring everything, with one shape of list call for the whole walk.

    A list call brings L threads with up to m messages each, L times m within the budget; a thread
    with more messages takes further calls of `per_call` messages. So, for each platform,

        calls = max(1, ceil(threads / L)) + sum over threads of ceil(max(0, length - m) / per_call)

    with m = per_call, and L = min(greatest limit, budget // m); on Instagram, where only the 20
    newest messages have details, length and m are at most 20.

    `foreseen` is what somebody would need who knew all lengths beforehand and chose L anew for each
    list call, with m = min(per_call, budget // L): no client can, but nobody can do with less.
    """
    with meta.world.lock:
        shapes = {
            platform: _fewest(meta, page, platform, per_call, budget)
            for platform in get_args(Platform)
        }
    sums = {key: sum(each[key] for each in shapes.values()) for key in ("calls", "foreseen")}
    return {**sums, **shapes}


def _fewest(
    meta: PretendMeta, page: Page, platform: Platform, per_call: int, budget: int
) -> dict[str, int]:
    detailed = detailed_of(meta.limits, platform) or (1 << 53)
    newest = min(per_call, detailed)
    at_once = max(1, min(meta.limits.greatest_limit, budget // newest))
    lengths = [min(_length(t), detailed) for t in meta.world.threads_of(page, platform)]
    further = sum(_further(length, newest, per_call) for length in lengths)
    lists = max(1, -(-len(lengths) // at_once))
    shapes = {
        threads: min(newest, budget // threads)
        for threads in range(at_once, meta.limits.greatest_limit + 1)
        if budget >= threads
    }
    return {
        "calls": lists + further,
        "foreseen": max(1, _foreseen(lengths, shapes or {at_once: newest}, per_call)),
        "lists": lists,
        "further": further,
        "threadsAtOnce": at_once,
        "messagesAtOnce": newest,
    }


def _foreseen(lengths: list[int], shapes: dict[int, int], per_call: int) -> int:
    """The fewest calls with the best shape (threads: messages of each) for each list call, found
    from the end of the list to its beginning."""
    before = {
        messages: [0, *accumulate(_further(length, messages, per_call) for length in lengths)]
        for messages in set(shapes.values())
    }
    count = len(lengths)
    fewest = [0] * (count + 1)
    for at in range(count - 1, -1, -1):
        fewest[at] = min(
            1 + before[messages][end] - before[messages][at] + fewest[end]
            for threads, messages in shapes.items()
            for end in (min(count, at + threads),)
        )
    return fewest[0]


def _further(length: int, newest: int, per_call: int) -> int:
    return -(-max(0, length - newest) // per_call)


def detailed_of(limits: Limits, platform: Platform) -> int:
    return limits.instagram_detailed if platform == "instagram" else limits.messenger_detailed


def _length(thread: Thread) -> int:
    if isinstance(thread.messages, GeneratedMessages):
        return len(thread.messages)
    return sum(not message.is_deleted for message in thread.messages)


def _mids(thread: Thread) -> Iterator[str]:
    """Newest first."""
    if isinstance(thread.messages, GeneratedMessages):
        return (thread.messages.mid(i) for i in range(len(thread.messages) - 1, -1, -1))
    return (m.mid for m in reversed(thread.messages) if not m.is_deleted)
