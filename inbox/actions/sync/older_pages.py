"""The rest of long threads, several at once: their calls do not wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import partial

from inbox.actions.sync.asking import FATAL, Asking
from inbox.actions.sync.background import started
from inbox.actions.sync.circles import IN_CIRCLES, Path
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.past.history import ThreadPage

AT_ONCE = 4


@dataclass
class Rest:
    """One thread that is read on."""

    page: ThreadPage
    """Its last page so far."""
    path: Path = field(default_factory=Path)

    def goes_round(self) -> bool:
        return not self.path.leads_on(hash(message.mid) for message in self.page.messages[:1])


def older_pages(
    asking: Asking, threads: Sequence[ThreadPage]
) -> Iterator[tuple[ThreadPage, MetaError | None]]:
    """Every further page of these threads, each thread's in its order; with an error where it
    ends too early. Raises what ends the account's sync."""
    waiting = [Rest(thread) for thread in reversed(threads)]
    under_way: dict[Future[ThreadPage], Rest] = {}
    while waiting or under_way:
        while waiting and len(under_way) < AT_ONCE:
            rest = waiting.pop()
            under_way[started(partial(asking.older, rest.page))] = rest
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            rest = under_way.pop(future)
            try:
                rest.page = future.result()
                if rest.goes_round():
                    raise MetaError(ErrorKind.REQUEST, IN_CIRCLES)  # noqa: TRY301 - as if Meta said so
            except MetaError as error:
                if error.kind in FATAL:
                    raise
                yield rest.page, error
                continue
            yield rest.page, None
            if rest.page.older is not None and not rest.page.unreadable:
                waiting.append(rest)
