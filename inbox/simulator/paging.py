"""Cursor pages of an edge; cursors are opaque and good for their own listing only."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from inbox.simulator.graph_errors import parameter

DEFAULT_LIMIT = 25
GREATEST_LIMIT = 100

Row = TypeVar("Row")
Place = tuple[int, str]
"""Where a row stands in its listing: its time in milliseconds and its id, newest first."""


@dataclass(frozen=True)
class Listing:
    """Which list is asked for, and how its `next` address is written."""

    name: str
    address: str
    query: dict[str, str]


def cut_page(
    rows: Sequence[Row],
    place: Callable[[Row], Place],
    listing: Listing,
    show: Callable[[Row], Any],
) -> dict[str, Any]:
    """`{"data": […], "paging": …}` out of rows sorted newest first (GraphError 100 on a bad
    limit or on a cursor of another listing)."""
    limit = _limit(listing.query.get("limit", ""))
    after = listing.query.get("after")
    if after:
        last = _read_cursor(after, listing.name)
        rows = [row for row in rows if place(row) < last]
    page, more = rows[:limit], len(rows) > limit
    answer: dict[str, Any] = {"data": [show(row) for row in page]}
    if not page:
        return answer
    cursors = {
        "before": _cursor(listing.name, place(page[0])),
        "after": _cursor(listing.name, place(page[-1])),
    }
    answer["paging"] = {"cursors": cursors}
    if more:
        query = listing.query | {"limit": str(limit), "after": cursors["after"]}
        answer["paging"]["next"] = f"{listing.address}?{urlencode(query)}"
    return answer


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not text.isdigit() or int(text) < 1:
        raise parameter("Param limit must be an integer greater than 0")
    return min(int(text), GREATEST_LIMIT)


def _cursor(listing: str, place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps([listing, *place]).encode()).decode()


def _read_cursor(cursor: str, listing: str) -> Place:
    try:
        name, moment, identity = json.loads(base64.urlsafe_b64decode(cursor))
        place = int(moment), str(identity)
    except (ValueError, TypeError) as error:
        raise parameter("Invalid cursors values") from error
    if name != listing:
        raise parameter("Invalid cursors values")
    return place
