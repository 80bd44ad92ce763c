"""The sales board: what its columns show, page by page, and how many stand in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, lateral, select, true
from sqlalchemy.orm import joinedload

from inbox.extensions import db
from inbox.models.contact import Contact
from inbox.models.contact_rows import seen_whole
from inbox.models.conversation import Conversation
from inbox.models.keyset import Position, before
from inbox.models.pipeline import PipelineStage
from inbox.models.user import User


@dataclass(frozen=True)
class Card:
    """A contact on the board, and the conversation that its card opens: the newest that whoever
    looks may see. `is_whole`: they see all of its conversations."""

    contact: Contact
    conversation: Conversation | None
    is_whole: bool


@dataclass
class Column:
    """The first cards of a stage, the newest in it on top, where the next ones begin, and how many
    there are in all."""

    stage: PipelineStage
    count: int
    cards: list[Card] = field(default_factory=list)
    after: Position | None = None


def columns(stages: Sequence[PipelineStage], user: User, *, limit: int) -> list[Column]:
    """One for each stage. It costs the same however many contacts stand in them."""
    stage_ids = [stage.id for stage in stages]
    if user.is_admin:
        rows: Sequence[Any] = db.session.execute(_first_of_all(stage_ids, limit + 1)).all()
        in_all = _counts(stage_ids, user)
    else:
        rows = db.session.execute(_first_of_held(stage_ids, user, limit + 1)).all()
        in_all = {row.stage_id: row.in_all for row in rows}
    found = cards((row.id for row in rows), user)
    made = [Column(stage, in_all.get(stage.id, 0)) for stage in stages]
    for column in made:
        here = [row for row in rows if row.stage_id == column.stage.id]
        places = [Position(row.entered_at, row.id) for row in here]
        column.cards, column.after = _cut(places, found, column.stage, limit)
    return made


def page_of(
    stage: PipelineStage, user: User, *, after: Position | None, limit: int
) -> tuple[list[Card], Position | None]:
    """The next `limit` cards of a stage, and where those after them begin."""
    query = select(Contact.stage_entered_at, Contact.id)
    query = query.where(Contact.stage_id == stage.id, _in_own_stages(user))
    if after is not None:
        query = query.where(before(after, Contact.stage_entered_at, Contact.id))
    rows: Sequence[Any] = db.session.execute(_newest_first(query).limit(limit + 1)).all()
    places = [Position(*row) for row in rows]
    return _cut(places, cards((place.row_id for place in places), user), stage, limit)


def cards(contact_ids: Iterable[int], user: User) -> list[Card]:
    """Those of them that `user` may see, on the board or not, in no order."""
    ids = sorted(contact_ids)
    if not ids:
        return []
    rows = select(Contact).where(Contact.id.in_(ids), visible_to(user))
    contacts = db.session.scalars(rows.execution_options(populate_existing=True)).all()
    threads = _newest_threads([contact.id for contact in contacts], user)
    whole = seen_whole(contacts, user)
    return [Card(row, threads.get(row.id), row.id in whole) for row in contacts]


def counts(pipeline_id: int, user: User) -> dict[int, int]:
    """How many contacts that `user` may see stand in each stage; stages without one are missing."""
    stages = select(PipelineStage.id).where(PipelineStage.pipeline_id == pipeline_id)
    return _counts(db.session.scalars(stages).all(), user)


def _counts(stage_ids: Sequence[int], user: User) -> dict[int, int]:
    query = select(Contact.stage_id, func.count()).group_by(Contact.stage_id)
    rows = db.session.execute(query.where(Contact.stage_id.in_(stage_ids), _in_own_stages(user)))
    return {stage_id: count for stage_id, count in rows if stage_id is not None}


def visible_to(user: User) -> ColumnElement[bool]:
    """What this user may see: an admin all of the organization, an agent the contacts of whom they
    hold a conversation."""
    own = Contact.organization_id == user.organization_id
    if user.is_admin:
        return own
    return own & _held_by(user)


def _in_own_stages(user: User) -> ColumnElement[bool]:
    """`visible_to`, where the stages are known to be the organization's: the index of the board
    then has all that is asked for."""
    return true() if user.is_admin else _held_by(user)


def _held_by(user: User) -> ColumnElement[bool]:
    return Contact.id.in_(select(Conversation.contact_id).where(Conversation.visible_to(user)))


def _first_of_all(stage_ids: Sequence[int], limit: int) -> Select[Any]:
    """The newest in each stage: a few steps along the index for each."""
    given = select(func.unnest(stage_ids).label("stage_id")).subquery()
    some = select(Contact.stage_entered_at.label("entered_at"), Contact.id)
    newest = _newest_first(some.where(Contact.stage_id == given.c.stage_id))
    first = lateral(newest.limit(limit).correlate(given))
    return select(given.c.stage_id, first.c.entered_at, first.c.id).join_from(given, first, true())


def _first_of_held(stage_ids: Sequence[int], user: User, limit: int) -> Select[Any]:
    """The same among the contacts that an agent holds, with `stage_id`, and `in_all`, how many of
    them the stage has. They are few, and may lie far down in a stage: a walk along the index would
    pass by tens of thousands of others."""
    in_all = func.count().over(partition_by=Contact.stage_id)
    place = func.row_number().over(
        partition_by=Contact.stage_id,
        order_by=(Contact.stage_entered_at.desc(), Contact.id.desc()),
    )
    entered_at = Contact.stage_entered_at.label("entered_at")
    held = (
        select(
            Contact.stage_id, entered_at, Contact.id, place.label("place"), in_all.label("in_all")
        )
        .where(Contact.stage_id.in_(stage_ids), _held_by(user))
        .subquery()
    )
    first = select(held.c.stage_id, held.c.entered_at, held.c.id, held.c.in_all)
    return first.where(held.c.place <= limit)


def _newest_first(query: Select[datetime | None, int]) -> Select[datetime | None, int]:
    return query.order_by(Contact.stage_entered_at.desc(), Contact.id.desc())


def _cut(
    places: list[Position], found: list[Card], stage: PipelineStage, limit: int
) -> tuple[list[Card], Position | None]:
    """Those that stand in the stage, and not elsewhere since they were looked for. Whether more
    come after them is for `places` to say: where they stood then, one more than the limit."""
    places = sorted(places, reverse=True)
    by_id = {card.contact.id: card for card in found if card.contact.stage_id == stage.id}
    shown = [by_id[place.row_id] for place in places[:limit] if place.row_id in by_id]
    return shown, places[limit - 1] if len(places) > limit else None


def _newest_threads(contact_ids: Sequence[int], user: User) -> dict[int, Conversation]:
    rows = (
        select(Conversation)
        .where(Conversation.contact_id.in_(contact_ids), Conversation.visible_to(user))
        .options(joinedload(Conversation.assignee))
        .order_by(Conversation.last_message_at, Conversation.id)
        .execution_options(populate_existing=True)
    )
    return {thread.contact_id: thread for thread in db.session.scalars(rows)}
