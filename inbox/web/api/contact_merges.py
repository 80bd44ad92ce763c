"""Two contacts that are one person: what looks like it, joining them, and taking that back."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.contacts.merging import CHOICES, merge
from inbox.actions.contacts.suggesting import dismiss, look_again
from inbox.actions.contacts.unmerging import undo_merge
from inbox.models import User
from inbox.models.contact_rows import contact_rows
from inbox.models.loading import contacts_by_id
from inbox.models.merge_suggestions import open_pairs
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.api.contacts import shape_of
from inbox.web.errors import Invalid
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_contact_merges", __name__, url_prefix="/api")


@blueprint.post("/contacts/<contact_id>/merge")
@login_required
def create(contact_id: str) -> ResponseReturnValue:
    """`{contactId, take?}`: that one becomes part of this one, which takes from it what it has not
    itself, and these of name, email, phone, company, picture and stage. → `{mergeId, contact}`."""
    user = signed_in_user()
    kept = access.contact(contact_id, user=user)
    other_id, take = _wanted()
    merged = access.contact(other_id, user=user)
    made = merge(kept, merged, take=take, by=user)
    return {"mergeId": str(made.id), "contact": shape_of(kept, user)}


@blueprint.post("/contact-merges/<merge_id>/undo")
@login_required
def undo(merge_id: str) -> ResponseReturnValue:
    """Both are as before, save for what happened since. → `{contactIds}`, the kept one first."""
    user = signed_in_user()
    made = access.merge(merge_id, user=user)
    undo_merge(made, by=user)
    return {"contactIds": [str(made.kept_id), str(made.merged_id)]}


@blueprint.get("/merge-suggestions")
@login_required
def suggestions() -> ResponseReturnValue:
    """`{items, nextCursor}`: pairs that look like one person, the likeliest first, both of which
    whoever asks may see: `{id, likeness, reasons, messenger, instagram}`."""
    limit = parameters.limit(50, most=100)
    return {"items": suggestion_shapes(signed_in_user(), limit), "nextCursor": None}


@blueprint.post("/merge-suggestions/look")
@admin_required
def look() -> ResponseReturnValue:
    """A worker compares the names of all contacts again; 202."""
    look_again(signed_in_user().organization_id)
    return {"success": True}, 202


@blueprint.post("/merge-suggestions/<suggestion_id>/dismiss")
@login_required
def dismiss_one(suggestion_id: str) -> ResponseReturnValue:
    """They are two people; the pair is not suggested again."""
    user = signed_in_user()
    dismiss(access.merge_suggestion(suggestion_id, user=user), by=user)
    return "", 204


def suggestion_shapes(user: User, limit: int) -> list[shapes.Shape]:
    pairs = open_pairs(user, limit=limit)
    ids = {key for pair in pairs for key in (pair.messenger_contact_id, pair.instagram_contact_id)}
    rows = contact_rows(contacts_by_id(ids), user)
    shaped = {row.contact.id: shapes.contact_row(row) for row in rows}
    return [
        {
            "id": str(pair.id),
            "likeness": pair.likeness,
            "reasons": pair.reasons,
            "messenger": shaped[pair.messenger_contact_id],
            "instagram": shaped[pair.instagram_contact_id],
        }
        for pair in pairs
    ]


def _wanted() -> tuple[str, list[str]]:
    body = parameters.json_object()
    if unknown := set(body) - {"contactId", "take"}:
        raise Invalid(**dict.fromkeys(unknown, "This cannot be set here."))
    other_id = parameters.id_in(body, "contactId", "a contact")
    take = body.get("take", [])
    if not isinstance(take, list) or not all(isinstance(name, str) for name in take):
        raise Invalid(take="take must be a list of names.")
    if not set(take) <= CHOICES.keys():
        raise Invalid(take=f"take must be a list of {', '.join(CHOICES)}.")
    return other_id, take
