"""Tags: the organization's, and those of a contact."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.contacts import tagging
from inbox.extensions import db
from inbox.models import Tag, User
from inbox.models.contact_filters import listed
from inbox.models.contact_list import count_by_tag
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.api.contacts import shape_of
from inbox.web.errors import Invalid
from inbox.web.forms import Form
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_contact_tags", __name__, url_prefix="/api")

MOST_NAME = 40
COLOUR = re.compile(r"#[0-9a-f]{6}")


@blueprint.get("/tags")
@login_required
def index() -> ResponseReturnValue:
    """`{items}`, by name; with `?counted=1` each says on how many `contacts` it is, of those that
    whoever asks may see."""
    user = signed_in_user()
    rows = db.session.scalars(Tag.in_organization(user.organization_id)).all()
    items = [shapes.tag(row) for row in rows]
    if parameters.flag("counted"):
        numbers = count_by_tag([listed(user)])
        items = [
            item | {"contacts": numbers.get(row.id, 0)}
            for item, row in zip(items, rows, strict=True)
        ]
    return {"items": items, "nextCursor": None}


@blueprint.post("/tags")
@login_required
def create() -> ResponseReturnValue:
    """`{name, colour?}` → 201 and the tag; one of that name that is there already."""
    name, colour = _named()
    return shapes.tag(tagging.make_tag(name, colour=colour, by=signed_in_user())), 201


@blueprint.patch("/tags/<tag_id>")
@admin_required
def change(tag_id: str) -> ResponseReturnValue:
    """`{name?, colour?}` → the tag."""
    user = signed_in_user()
    row = access.tag(tag_id, user=user)
    name, colour = _tag_fields()
    tagging.change_tag(row, name=name, colour=colour)
    return shapes.tag(row)


@blueprint.delete("/tags/<tag_id>")
@admin_required
def remove(tag_id: str) -> ResponseReturnValue:
    """It goes from all contacts."""
    tagging.delete_tag(access.tag(tag_id, user=signed_in_user()))
    return "", 204


@blueprint.post("/contacts/<contact_id>/tags")
@login_required
def put_new(contact_id: str) -> ResponseReturnValue:
    """`{name}`: puts the tag of that name on the contact, which may be a new one. → the contact."""
    return _changed(
        contact_id, tagging.put_tag, lambda user: tagging.make_tag(_named()[0], by=user)
    )


@blueprint.put("/contacts/<contact_id>/tags/<tag_id>")
@login_required
def put(contact_id: str, tag_id: str) -> ResponseReturnValue:
    """→ the contact."""
    return _changed(contact_id, tagging.put_tag, lambda user: access.tag(tag_id, user=user))


@blueprint.delete("/contacts/<contact_id>/tags/<tag_id>")
@login_required
def take(contact_id: str, tag_id: str) -> ResponseReturnValue:
    """→ the contact."""
    return _changed(contact_id, tagging.take_tag, lambda user: access.tag(tag_id, user=user))


def _changed(
    contact_id: str, change: Callable[..., None], tag_of: Callable[[User], Tag]
) -> ResponseReturnValue:
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    change(row, tag_of(user), by=user)
    return shape_of(row, user)


def _named() -> tuple[str, str | None]:
    name, colour = _tag_fields()
    if name is None:
        raise Invalid(name="This is needed.")
    return name, colour


def _tag_fields() -> tuple[str | None, str | None]:
    body = parameters.json_object()
    form = Form(body)
    name = form.text("name", most=MOST_NAME) if "name" in body else None
    colour = form.text("colour", most=7).lower() if "colour" in body else None
    form.close()
    if colour is not None and not COLOUR.fullmatch(colour):
        raise Invalid(colour="A colour is # and six of 0-9 and a-f.")
    return name, colour
