"""Cursor pages of an edge; cursors are opaque, good for their own listing, and grow stale."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from inbox.simulator.clock import SECOND_MS
from inbox.simulator.faults import Fault
from inbox.simulator.graph_errors import GraphError, parameter
from inbox.simulator.limits import Limits

DEFAULT_LIMIT = 25
BEGINNING = (1 << 53, "")  # before every row

Row = TypeVar("Row")
Place = tuple[int, str]
"""Where a row stands in its listing: its time in milliseconds and its id, newest first."""


@dataclass(frozen=True)
class Listing:
    """Which list is asked for, and how its `next` address is written."""

    name: str
    address: str
    query: Mapping[str, str]
    limits: Limits
    now_ms: int
    fault: Fault | None = None
    """May make this page empty or short, or its cursors stale or repeating."""

    @property
    def limit(self) -> int:
        return clamped(self.query.get("limit", ""), self.limits)

    def has_fault(self, kind: str) -> bool:
        return self.fault is not None and self.fault.kind == kind

    def cursor(self, place: Place) -> str:
        text = json.dumps([self.name, *place, self.now_ms // SECOND_MS])
        return base64.urlsafe_b64encode(text.encode()).decode()

    def after(self) -> Place | None:
        """The place that the `after` cursor names (GraphError 100 for one that is not of this
        listing, or too old)."""
        cursor = self.query.get("after")
        if not cursor:
            return None
        try:
            name, moment, identity, made_s = json.loads(base64.urlsafe_b64decode(cursor))
            place, age_s = (int(moment), str(identity)), self.now_ms // SECOND_MS - int(made_s)
        except (ValueError, TypeError) as error:
            raise _bad_cursor() from error
        too_old = 0 < self.limits.cursor_life_s < age_s
        if name != self.name or too_old or self.has_fault("stale_cursor"):
            raise _bad_cursor()
        return place


def cut_page(
    listing: Listing,
    rows_after: Callable[[Place | None], Iterable[Row]],
    place: Callable[[Row], Place],
    show: Callable[[Row], Any],
) -> dict[str, Any]:
    """`{"data": […], "paging": …}` (GraphError 100 on a bad limit or cursor).

    `rows_after` gives the rows that follow a place, newest first; no more are drawn than needed.
    """
    limit, after = listing.limit, listing.after()
    rows = list(islice(rows_after(after), limit + 1))
    page, more = rows[:limit], len(rows) > limit
    if not page:
        return {"data": []}
    if listing.has_fault("short_page"):
        page, more = page[:1], len(rows) > 1
    first, last = place(page[0]), place(page[-1])
    if listing.has_fault("empty_page"):
        page, more, last = [], True, after or BEGINNING
    if listing.has_fault("repeating_cursor"):
        more, last = True, after or BEGINNING
    cursors = {"before": listing.cursor(first), "after": listing.cursor(last)}
    answer: dict[str, Any] = {"data": [show(row) for row in page], "paging": {"cursors": cursors}}
    if more:
        query = dict(listing.query) | {"limit": str(limit), "after": cursors["after"]}
        answer["paging"]["next"] = f"{listing.address}?{urlencode(query)}"
    return answer


def clamped(text: str, limits: Limits) -> int:
    """A `limit` as given: 25 when it is not, never more than the greatest (GraphError 100 when
    it is no number)."""
    if not text:
        return DEFAULT_LIMIT
    if not text.isdigit() or int(text) < 1:
        raise parameter("Param limit must be an integer greater than 0")
    return min(int(text), limits.greatest_limit)


def _bad_cursor() -> GraphError:
    return parameter("Invalid cursors values")
