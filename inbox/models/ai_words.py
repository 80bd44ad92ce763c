"""Whom the AI's words about a contact are for.

A summary and its reasons, of the model or by the rules, tell of all that was said with a contact
and may quote it. They are for whoever may see every conversation of the contact: an agent who holds
one of two is told score and status alone. What was written while two contacts were one, before they
were separated again, is for admins.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from inbox.extensions import db
from inbox.models.analysis import Analysis
from inbox.models.contact import Contact
from inbox.models.contact_activity import ContactActivity
from inbox.models.contact_merge import ContactMerge
from inbox.models.contact_rows import family_of, seen_whole
from inbox.models.user import User


@dataclass(frozen=True)
class Reader:
    """What one user may read of one contact. `is_whole`: they see all of its conversations;
    `parted`: merges that were undone, none for an admin."""

    is_whole: bool
    parted: Collection[ContactMerge]

    def may_read(self, row: Analysis | ContactActivity) -> bool:
        """The words of this one, of the contact or of one that was merged into it."""
        return self.is_whole and not any(
            merge.kept_id == row.contact_id
            and merge.undone_at is not None
            and merge.created_at <= row.created_at <= merge.undone_at
            for merge in self.parted
        )


def reader(contact: Contact, user: User) -> Reader:
    if user.is_admin:
        return Reader(is_whole=True, parted=())
    undone = select(ContactMerge).where(
        ContactMerge.kept_id.in_(family_of(contact.id)), ContactMerge.undone_at.is_not(None)
    )
    is_whole = contact.id in seen_whole([contact], user)
    return Reader(is_whole, db.session.scalars(undone).all())
