"""Pairs of contacts that look like one person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from inbox.extensions import db
from inbox.models.contact import Contact
from inbox.models.contact_merge import MergeSuggestion
from inbox.models.conversation import Conversation
from inbox.models.user import User

MOST_COUNTED = 100


def open_pairs(user: User, *, limit: int) -> Sequence[MergeSuggestion]:
    """The likeliest first: not dismissed, still two contacts, both visible to this user."""
    query = _open(user).order_by(MergeSuggestion.likeness.desc(), MergeSuggestion.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def pair_of(contact_id: int, user: User) -> MergeSuggestion | None:
    """The likeliest with this contact."""
    is_in = (MergeSuggestion.messenger_contact_id == contact_id) | (
        MergeSuggestion.instagram_contact_id == contact_id
    )
    query = _open(user).where(is_in).order_by(MergeSuggestion.likeness.desc())
    return db.session.scalars(query.limit(1)).one_or_none()


def count_pairs(user: User) -> int:
    """Counted to 100 at the most."""
    return len(db.session.scalars(_open(user).limit(MOST_COUNTED)).all())


def _open(user: User) -> Select[MergeSuggestion]:
    messenger, instagram = aliased(Contact), aliased(Contact)
    query = (
        select(MergeSuggestion)
        .join(messenger, messenger.id == MergeSuggestion.messenger_contact_id)
        .join(instagram, instagram.id == MergeSuggestion.instagram_contact_id)
        .where(
            MergeSuggestion.organization_id == user.organization_id,
            MergeSuggestion.dismissed_at.is_(None),
            messenger.merged_into_id.is_(None),
            instagram.merged_into_id.is_(None),
            messenger.instagram_sid.is_(None),
            instagram.messenger_psid.is_(None),
        )
    )
    if user.is_admin:
        return query
    held = select(Conversation.contact_id).where(Conversation.visible_to(user))
    return query.where(messenger.id.in_(held), instagram.id.in_(held))
