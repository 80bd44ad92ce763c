"""`GET /api/colleagues`: whom a conversation can be handed to."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox.extensions import db
from inbox.models import User
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_colleagues", __name__, url_prefix="/api")


@blueprint.get("/colleagues")
@login_required
def index() -> ResponseReturnValue:
    """The active people of the organization, by name: `{items: [{id, name, role}]}`."""
    everybody = User.in_organization(signed_in_user().organization_id)
    people = db.session.scalars(everybody.where(User.is_active))
    items = [{"id": str(row.id), "name": row.name, "role": row.role} for row in people]
    return {"items": items, "nextCursor": None}
