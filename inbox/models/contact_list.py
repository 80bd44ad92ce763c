"""The list of contacts: pages of it in several orders, and how many it has."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, collate, func, select, text, tuple_

from inbox.extensions import db
from inbox.models.contact import Contact
from inbox.models.contact_tag import ContactTag
from inbox.models.keyset import BadCursorError
from inbox.models.loading import contacts_by_id

# The planner takes reading an index for as dear as on a spinning disk, and would read the table.
# And what it expects not to fit into memory it would not hash, but go through once for each
# contact: a million ids take 32 MB.
BY_INDEX = text(
    "SELECT set_config('random_page_cost', '1.1', true), set_config('work_mem', '64MB', true)"
)

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Order(StrEnum):
    """`RECENT`: the last message first; `SILENT`: last; `SCORE`: the highest first, those without
    a score after all others, the last message first; `NAME`: as they are searched, without accents
    and capitals."""

    RECENT = "RECENT"
    SILENT = "SILENT"
    SCORE = "SCORE"
    NAME = "NAME"


class Place(NamedTuple):
    """The last row of a page. `value` is its score, its moment in microseconds, or its name."""

    by: Literal["score", "moment", "name"]
    value: int | str
    row_id: int

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(self).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str) -> Place:
        """Raises `BadCursorError`."""
        try:
            raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            by, value, row_id = raw
            is_sound = PROOFS[by](value) and type(row_id) is int and 0 <= row_id < 2**63
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise BadCursorError(cursor) from error
        if not is_sound:
            raise BadCursorError(cursor)
        return cls(by, value, row_id)

    def moment(self) -> datetime:
        return EPOCH + int(self.value) * MICROSECOND


def _is_score(value: object) -> bool:
    return type(value) is int and 0 <= value <= 100


def _is_moment(value: object) -> bool:
    return type(value) is int and bool(EPOCH + value * MICROSECOND)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and "\x00" not in value and bool(value.encode() or True)


PROOFS = {"score": _is_score, "moment": _is_moment, "name": _is_name}


def page_of(
    which: Sequence[ColumnElement[bool]], order: Order, *, after: Place | None, limit: int
) -> tuple[list[Contact], Place | None]:
    """The next `limit` contacts, and where the page after them begins."""
    db.session.execute(BY_INDEX)
    places = _places(which, order, after=after, limit=limit + 1)
    rows = {row.id: row for row in contacts_by_id(place.row_id for place in places[:limit])}
    shown = [rows[place.row_id] for place in places[:limit] if place.row_id in rows]
    return shown, places[limit - 1] if len(places) > limit else None


def count(which: Sequence[ColumnElement[bool]]) -> int:
    db.session.execute(BY_INDEX)
    return db.session.scalar(select(func.count()).select_from(Contact).where(*which)) or 0


def count_by_tag(which: Sequence[ColumnElement[bool]]) -> dict[int, int]:
    """How many of these contacts each tag is on, by its id; those on none are missing."""
    db.session.execute(BY_INDEX)
    tagged = select(ContactTag.tag_id, func.count().label("number")).join(Contact).where(*which)
    rows = db.session.execute(tagged.group_by(ContactTag.tag_id))
    return {row.tag_id: row.number for row in rows}


def ids_after(which: Sequence[ColumnElement[bool]], after: int, limit: int) -> Sequence[int]:
    """By id, so that changing them moves none out of the way."""
    db.session.execute(BY_INDEX)
    query = select(Contact.id).where(*which, Contact.id > after)
    return db.session.scalars(query.order_by(Contact.id).limit(limit)).all()


def _places(
    which: Sequence[ColumnElement[bool]], order: Order, *, after: Place | None, limit: int
) -> list[Place]:
    if order == Order.NAME:
        return _by_name(which, after, limit)
    if order != Order.SCORE:
        return _by_moment(which, after, limit, newest_first=order == Order.RECENT)
    scored: list[Place] = []
    if after is None or after.by == "score":
        scored = _by_score(which, after, limit)
        after = None
    if len(scored) == limit:
        return scored
    rest = [*which, Contact.lead_score.is_(None)]
    return scored + _by_moment(rest, after, limit - len(scored), newest_first=True)


def _by_moment(
    which: Sequence[ColumnElement[bool]], after: Place | None, limit: int, *, newest_first: bool
) -> list[Place]:
    moment: Any = Contact.last_interaction_at
    query = select(moment, Contact.id).where(*which)
    if after is not None:
        here, there = tuple_(moment, Contact.id), tuple_(after.moment(), after.row_id)
        query = query.where(here < there if newest_first else here > there)
    found = _read(query, (moment, Contact.id), limit, descending=newest_first)
    return [Place("moment", (at - EPOCH) // MICROSECOND, row_id) for at, row_id in found]


def _by_score(which: Sequence[ColumnElement[bool]], after: Place | None, limit: int) -> list[Place]:
    score: Any = Contact.lead_score
    query = select(score, Contact.id).where(*which, score.is_not(None))
    if after is not None:
        query = query.where(tuple_(score, Contact.id) < tuple_(after.value, after.row_id))
    found = _read(query, (score, Contact.id), limit, descending=True)
    return [Place("score", value, row_id) for value, row_id in found]


def _by_name(which: Sequence[ColumnElement[bool]], after: Place | None, limit: int) -> list[Place]:
    """No index has this order, but one holds all that it needs (tried: 25 ms of 100,000)."""
    name: Any = collate(Contact.search_text, "C")
    query = select(name, Contact.id).where(*which)
    if after is not None:
        query = query.where(tuple_(name, Contact.id) > tuple_(after.value, after.row_id))
    found = _read(query, (name, Contact.id), limit, descending=False)
    return [Place("name", value, row_id) for value, row_id in found]


def _read(query: Select[Any], keys: tuple[Any, Any], limit: int, *, descending: bool) -> list[Any]:
    order = [key.desc() if descending else key.asc() for key in keys]
    return list(db.session.execute(query.order_by(*order).limit(limit)))
