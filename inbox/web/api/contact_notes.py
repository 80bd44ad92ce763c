"""Notes about a contact. Who sees the contact reads and writes them; its author, or an admin,
changes one."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.exceptions import NotFound

from inbox import shapes
from inbox.actions.contacts.noting import add_note, change_note, delete_note
from inbox.actions.replies.replying import storable
from inbox.models import Contact, ContactNote, User
from inbox.models.contact_history import notes_of
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_contact_notes", __name__, url_prefix="/api/contacts/<contact_id>/notes")

LONGEST = 5000  # characters


@blueprint.get("")
@login_required
def index(contact_id: str) -> ResponseReturnValue:
    """`{items}`, the newest first."""
    row = access.contact(contact_id, user=signed_in_user())
    return {"items": [shapes.note(note) for note in notes_of(row.id)], "nextCursor": None}


@blueprint.post("")
@login_required
def create(contact_id: str) -> ResponseReturnValue:
    """`{text}` → 201 and the note."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    note = add_note(row, _text(), by=user)
    return shapes.note(access.note(str(note.id), of=row)), 201


@blueprint.patch("/<note_id>")
@login_required
def change(contact_id: str, note_id: str) -> ResponseReturnValue:
    """`{text}` → the note."""
    row, note = _own(contact_id, note_id, signed_in_user())
    change_note(row, note, _text())
    return shapes.note(access.note(note_id, of=row))


@blueprint.delete("/<note_id>")
@login_required
def remove(contact_id: str, note_id: str) -> ResponseReturnValue:
    """Also where it is gone already."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    try:
        note = access.note(note_id, of=row)
    except NotFound:
        return "", 204
    _must_own(note, user)
    delete_note(row, note, by=user)
    return "", 204


def _own(contact_id: str, note_id: str, user: User) -> tuple[Contact, ContactNote]:
    row = access.contact(contact_id, user=user)
    note = access.note(note_id, of=row)
    _must_own(note, user)
    return row, note


def _must_own(note: ContactNote, user: User) -> None:
    if note.author_id != user.id and not user.is_admin:
        abort(403)


def _text() -> str:
    body = parameters.json_object()
    text = body.get("text")
    if set(body) - {"text"} or not isinstance(text, str):
        raise Invalid(text="Send a text, and nothing else.")
    text = storable(text)
    if not 0 < len(text) <= LONGEST:
        raise Invalid(text=f"A note has 1 to {LONGEST} characters.")
    return text
