"""Contacts together with what their lists and profiles show, in a bounded number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inbox.extensions import db
from inbox.models.contact import Contact
from inbox.models.contact_tag import ContactTag, Tag
from inbox.models.conversation import Conversation
from inbox.models.facebook_page import FacebookPage
from inbox.models.pipeline import Pipeline, PipelineStage
from inbox.models.user import User

Row = TypeVar("Row", FacebookPage, PipelineStage, Pipeline)


@dataclass(frozen=True)
class ContactRow:
    """`threads` are those that whoever looks may see, the newest first, with their assignees;
    `is_whole`: that is all of them."""

    contact: Contact
    page: FacebookPage
    tags: Sequence[Tag]
    stage: PipelineStage | None
    pipeline: Pipeline | None
    threads: Sequence[Conversation]
    is_whole: bool


def contact_rows(contacts: Sequence[Contact], user: User) -> list[ContactRow]:
    """In the same order."""
    tags, threads = tags_of([row.id for row in contacts]), _threads(contacts, user)
    pages = _by_id(FacebookPage, {row.facebook_page_id for row in contacts})
    stages = _by_id(PipelineStage, {row.stage_id for row in contacts})
    pipelines = _by_id(Pipeline, {row.pipeline_id for row in contacts})
    whole = seen_whole(contacts, user)
    return [
        ContactRow(
            contact=row,
            page=pages[row.facebook_page_id],
            tags=tags.get(row.id, ()),
            stage=stages.get(row.stage_id or 0),
            pipeline=pipelines.get(row.pipeline_id or 0),
            threads=threads.get(row.id, ()),
            is_whole=row.id in whole,
        )
        for row in contacts
    ]


def tags_of(contact_ids: Sequence[int]) -> dict[int, list[Tag]]:
    """By contact, in the order of their names."""
    found: dict[int, list[Tag]] = defaultdict(list)
    query = (
        select(ContactTag.contact_id, Tag)
        .join(Tag, Tag.id == ContactTag.tag_id)
        .where(ContactTag.contact_id.in_(contact_ids))
        .order_by(func.lower(Tag.name))
    )
    for contact_id, tag in db.session.execute(query) if contact_ids else ():
        found[contact_id].append(tag)
    return found


def _threads(contacts: Sequence[Contact], user: User) -> dict[int, list[Conversation]]:
    found: dict[int, list[Conversation]] = defaultdict(list)
    query = (
        select(Conversation)
        .where(
            Conversation.contact_id.in_([row.id for row in contacts]),
            Conversation.visible_to(user),
        )
        .options(joinedload(Conversation.assignee))
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .execution_options(populate_existing=True)
    )
    for thread in db.session.scalars(query) if contacts else ():
        found[thread.contact_id].append(thread)
    return found


def seen_whole(contacts: Collection[Contact], user: User) -> set[int]:
    """The ids of those of which this user sees every conversation. Who was merged away counts as
    part of the contact that was kept."""
    kept = {row.id: row.merged_into_id or row.id for row in contacts}
    if user.is_admin or not kept:
        return set(kept)
    # `is_not(True)`: of what nobody holds, SQL says neither yes nor no.
    hidden = select(Conversation.contact_id).where(
        Conversation.contact_id.in_(set(kept.values())), Conversation.visible_to(user).is_not(True)
    )
    partly = set(db.session.scalars(hidden))
    return {row_id for row_id, kept_id in kept.items() if kept_id not in partly}


def _by_id(model: type[Row], ids: set[int | None]) -> dict[int, Row]:
    wanted = ids - {None}
    if not wanted:
        return {}
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def family_of(contact_id: int) -> list[int]:
    """Its id, and those of the contacts that were merged into it."""
    merged = select(Contact.id).where(Contact.merged_into_id == contact_id)
    return [contact_id, *db.session.scalars(merged)]
