"""What was done with a contact and found out about it, also while it was two."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inbox.extensions import db
from inbox.models.analysis import Analysis
from inbox.models.analysis_request import AnalysisRequest, Priority
from inbox.models.contact_activity import ContactActivity
from inbox.models.contact_merge import ContactMerge
from inbox.models.contact_note import ContactNote
from inbox.models.contact_rows import family_of
from inbox.models.conversation import Conversation
from inbox.models.keyset import Position, before
from inbox.models.message import Message
from inbox.models.user import User

MOST_ANALYSES = 60  # points of the plot
MOST_NOTES = 200


def activities_of(
    contact_id: int, *, after: Position | None, limit: int
) -> tuple[Sequence[ContactActivity], Position | None]:
    """The next `limit`, newest first, with who did it, and where the page after them begins."""
    moment = ContactActivity.created_at
    query = (
        select(ContactActivity)
        .where(ContactActivity.contact_id.in_(family_of(contact_id)))
        .options(joinedload(ContactActivity.user))
        .order_by(moment.desc(), ContactActivity.id.desc())
    )
    if after is not None:
        query = query.where(before(after, moment, ContactActivity.id))
    rows = db.session.scalars(query.limit(limit + 1)).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position(last.created_at, last.id)


def notes_of(contact_id: int) -> Sequence[ContactNote]:
    """Newest first, with their authors."""
    query = (
        select(ContactNote)
        .where(ContactNote.contact_id.in_(family_of(contact_id)))
        .options(joinedload(ContactNote.author))
    )
    return db.session.scalars(query.order_by(ContactNote.id.desc()).limit(MOST_NOTES)).all()


def analyses_of(contact_id: int) -> Sequence[Analysis]:
    """Newest first."""
    return db.session.scalars(Analysis.newest_of(contact_id).limit(MOST_ANALYSES)).all()


def evidence_of(analysis: Analysis, contact_id: int, user: User) -> Sequence[Message]:
    """The messages it rests on, oldest first: of this contact, and where this user sees them."""
    query = (
        select(Message)
        .join(Message.conversation)
        .where(
            Message.id.in_(analysis.evidence_ids),
            Conversation.contact_id == contact_id,
            Conversation.visible_to(user),
        )
    )
    return db.session.scalars(query.order_by(Message.sent_at, Message.id)).all()


def is_asked_for(contact_id: int) -> bool:
    """Is an analysis on its way that a person asked for?"""
    asked = select(AnalysisRequest.id).where(
        AnalysisRequest.contact_id == contact_id, AnalysisRequest.priority == Priority.ASKED
    )
    return db.session.scalar(asked) is not None


def standing_merges(contact_id: int) -> Sequence[ContactMerge]:
    """Merges into this contact that can be undone, newest first."""
    query = select(ContactMerge).where(
        ContactMerge.kept_id == contact_id, ContactMerge.undone_at.is_(None)
    )
    return db.session.scalars(query.order_by(ContactMerge.id.desc())).all()
