"""Contacts: the list, one of them, its history, and what AI says of it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.ai.requesting import ask
from inbox.actions.contacts.editing import FIELDS, edit
from inbox.models import AnalysisReason, Contact, User
from inbox.models.ai_words import reader
from inbox.models.contact_filters import listed
from inbox.models.contact_history import activities_of, analyses_of, evidence_of
from inbox.models.contact_list import count, page_of
from inbox.models.contact_rows import contact_rows
from inbox.models.loading import contacts_by_id
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.contact_queries import filters_of_request, order_of_request, place_of_request
from inbox.web.errors import Invalid
from inbox.web.forms import MOST_EMAIL, Form
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_contacts", __name__, url_prefix="/api/contacts")

MOST_NAME, MOST_PHONE, MOST_COMPANY = 100, 40, 100


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """`{items, nextCursor}`, in the order of `sort`. An agent's list is theirs, whatever the
    filters."""
    user = signed_in_user()
    rows, after = page_of(
        [listed(user), *filters_of_request(user).conditions()],
        order_of_request(),
        after=place_of_request(),
        limit=parameters.limit(50, most=100),
    )
    return {
        "items": [shapes.contact_row(row) for row in contact_rows(rows, user)],
        "nextCursor": after and after.encode(),
    }


@blueprint.get("/count")
@login_required
def total() -> ResponseReturnValue:
    """`{count}` of what the same address lists."""
    user = signed_in_user()
    return {"count": count([listed(user), *filters_of_request(user).conditions()])}


@blueprint.get("/<contact_id>")
@login_required
def show(contact_id: str) -> ResponseReturnValue:
    """As in the list."""
    user = signed_in_user()
    return shape_of(access.contact(contact_id, user=user), user)


@blueprint.patch("/<contact_id>")
@login_required
def change(contact_id: str) -> ResponseReturnValue:
    """`{name?, email?, phone?, company?}`; null or "" empties one, and gives the name back to
    Meta's. → the contact."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    body = parameters.json_object()
    edit(row, _fields(body), by=user)
    return shape_of(row, user)


@blueprint.get("/<contact_id>/activities")
@login_required
def activities(contact_id: str) -> ResponseReturnValue:
    """`{items, nextCursor}`, the newest first, also of those that were merged into it."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    may_read = reader(row, user).may_read
    rows, after = activities_of(
        row.id, after=parameters.cursor("cursor"), limit=parameters.limit(30, most=100)
    )
    return {
        "items": [shapes.activity(each, with_words=may_read(each)) for each in rows],
        "nextCursor": after and after.encode(),
    }


@blueprint.get("/<contact_id>/analyses")
@login_required
def analyses(contact_id: str) -> ResponseReturnValue:
    """`{items, nextCursor}`: all analyses, the newest first, the first of them with the messages
    it rests on, as far as whoever asks may see them. Its words are null for who may not see all
    of the contact's conversations."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    rows, may_read = analyses_of(row.id), reader(row, user).may_read
    evidence = evidence_of(rows[0], row.id, user) if rows else []
    items = [shapes.analysis(each, with_words=may_read(each)) for each in rows]
    if items:
        items[0]["evidence"] = [shapes.evidence(message) for message in evidence]
    return {"items": items, "nextCursor": None}


@blueprint.post("/<contact_id>/analyze")
@login_required
def analyze(contact_id: str) -> ResponseReturnValue:
    """It is analysed anew as soon as a worker has time; 202. An unchanged thread costs no call."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    return {"asked": ask([row.id], AnalysisReason.ASKED, by=user)}, 202


def shape_of(row: Contact, user: User) -> shapes.Shape:
    """As it is now."""
    (contact,) = contacts_by_id([row.id])
    (one,) = contact_rows([contact], user)
    return shapes.contact_row(one)


def _fields(body: dict[str, object]) -> dict[str, str]:
    form = Form({name: "" if value is None else value for name, value in body.items()})
    most = {"name": MOST_NAME, "email": MOST_EMAIL, "phone": MOST_PHONE, "company": MOST_COMPANY}
    fields = {
        name: form.email(name)
        if name == "email" and body[name]
        else form.text(name, most=most[name], optional=True)
        for name in FIELDS
        if name in body
    }
    form.close()
    if phone := fields.get("phone"):
        _check_phone(phone)
    return fields


def _check_phone(phone: str) -> None:
    if not set(phone) <= set("0123456789+-()./ #*") or not any(c.isdigit() for c in phone):
        raise Invalid(phone="This is not a phone number.")
