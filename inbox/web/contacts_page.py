"""Contacts: the list, one of them, and pairs that look like one person. The server paints; scripts
ask for the same markup again when something has changed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inbox import shapes
from inbox.extensions import db
from inbox.models import FacebookPage, LeadStatus, Pipeline, Tag, User
from inbox.models.contact_filters import listed
from inbox.models.contact_list import page_of
from inbox.models.contact_rows import contact_rows
from inbox.models.merge_suggestions import count_pairs
from inbox.web import access
from inbox.web.api.contact_merges import suggestion_shapes
from inbox.web.api.contacts import shape_of
from inbox.web.contact_profile import profile
from inbox.web.contact_queries import filters_of_request, order_of_request
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("contacts_page", __name__, url_prefix="/contacts")

PAGE_LENGTH = 50


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """The list, narrowed as the address says."""
    user = signed_in_user()
    try:
        filters, order = filters_of_request(user), order_of_request()
    except Invalid:  # an address of another version, or typed by hand
        return redirect(request.path)
    which = [listed(user), *filters.conditions()]
    rows, after = page_of(which, order, after=None, limit=PAGE_LENGTH)
    return render_template(
        "contacts/page.html",
        contacts=[shapes.contact_row(row) for row in contact_rows(rows, user)],
        first={
            "me": {"id": str(user.id), "name": user.name, "isAdmin": user.is_admin},
            "cursor": after and after.encode(),
        },
        chosen=request.args,
        pairs=count_pairs(user),
        **choices(user),
    )


@blueprint.get("/duplicates")
@login_required
def duplicates() -> ResponseReturnValue:
    """Pairs to look at side by side."""
    user = signed_in_user()
    return render_template(
        "contacts/duplicates.html", pairs=suggestion_shapes(user, 50), is_admin=user.is_admin
    )


@blueprint.get("/<contact_id>/merge")
@login_required
def review(contact_id: str) -> ResponseReturnValue:
    """`?with=<id>`: these two side by side. Which of them is kept follows from their platforms."""
    user = signed_in_user()
    rows = [access.contact(contact_id, user=user)]
    if "with" not in request.args:
        return redirect(url_for("contacts_page.show", contact_id=contact_id))
    rows.append(access.contact(request.args["with"], user=user))
    left, right = sorted(rows, key=lambda row: row.messenger_psid is None)
    pair: shapes.Shape = {
        "id": None,
        "reasons": [],
        "messenger": shape_of(left, user),
        "instagram": shape_of(right, user),
    }
    return render_template("contacts/duplicates.html", pairs=[pair], is_chosen=True)


@blueprint.get("/<contact_id>")
@login_required
def show(contact_id: str) -> ResponseReturnValue:
    """The profile. Who was merged away leads to whom they are part of."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    if row.merged_into_id is not None:
        return redirect(url_for("contacts_page.show", contact_id=row.merged_into_id))
    return render_template("contacts/profile.html", **profile(row, user), **choices(user))


@blueprint.get("/<contact_id>/pane")
@login_required
def pane(contact_id: str) -> ResponseReturnValue:
    """The same beside a thread, in short: a piece of a page."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    return render_template("contacts/_pane.html", **profile(row, user), **choices(user))


def choices(user: User) -> dict[str, Any]:
    """What a contact can be given, and a list narrowed to."""
    mine = user.organization_id
    pages = select(FacebookPage).where(FacebookPage.organization_id == mine)
    pipelines = Pipeline.in_organization(mine).options(selectinload(Pipeline.stages))
    people = User.in_organization(mine).where(User.is_active)
    return {
        "pages": [
            {"id": str(row.id), "name": row.name}
            for row in db.session.scalars(pages.order_by(FacebookPage.name, FacebookPage.id))
        ],
        "pipelines": [
            {
                "id": str(row.id),
                "name": row.name,
                "stages": [{"id": str(stage.id), "name": stage.name} for stage in row.stages],
            }
            for row in db.session.scalars(pipelines)
        ],
        "tags": [shapes.tag(row) for row in db.session.scalars(Tag.in_organization(mine))],
        "people": [{"id": str(row.id), "name": row.name} for row in db.session.scalars(people)],
        "statuses": list(LeadStatus),
    }
