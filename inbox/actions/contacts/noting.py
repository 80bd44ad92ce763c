"""Notes about a contact, which the contact never sees."""

from __future__ import annotations

from sqlalchemy import func

from inbox.actions.contacts.holding import hold, touch, write_down
from inbox.db import transaction
from inbox.models import ActivityType, Contact, ContactNote, User


def add_note(contact: Contact, text: str, *, by: User) -> ContactNote:
    with transaction() as session:
        hold(contact)
        note = ContactNote(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            author_id=by.id,
            text=text,
        )
        session.add(note)
        session.flush()
        write_down(contact, ActivityType.NOTE, "Wrote a note", by=by, noteId=str(note.id))
        touch(contact.id)
    return note


def change_note(contact: Contact, note: ContactNote, text: str) -> None:
    """`contact` is the one that shows it, which a merge may have made another than the note's."""
    with transaction():
        if note.text != text:
            note.text, note.edited_at = text, func.now()
            touch(contact.id)


def delete_note(contact: Contact, note: ContactNote, *, by: User) -> None:
    with transaction() as session:
        session.delete(note)
        write_down(contact, ActivityType.NOTE, "Deleted a note", by=by, noteId=str(note.id))
        touch(contact.id)
