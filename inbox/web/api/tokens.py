"""A person's own API tokens."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.team import tokens
from inbox.extensions import db
from inbox.models import ApiToken
from inbox.web import access
from inbox.web.forms import MOST_NAME, submitted
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_tokens", __name__, url_prefix="/api/tokens")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """`{items: [{id, name, hint, createdAt, lastUsedAt}]}`, the newest first."""
    rows = db.session.scalars(ApiToken.active_of(signed_in_user()))
    return {"items": [_shape(row) for row in rows], "nextCursor": None}


@blueprint.post("")
@login_required
def create() -> ResponseReturnValue:
    """`{name}` → the token's shape with `token`, its text, which is shown this once."""
    with submitted() as form:
        name = form.text("name", most=MOST_NAME)
    row, text = tokens.create_token(name=name, by=signed_in_user())
    return _shape(row) | {"token": text}, 201


@blueprint.delete("/<token_id>")
@login_required
def destroy(token_id: str) -> ResponseReturnValue:
    tokens.revoke_token(access.token(token_id, user=signed_in_user()))
    return "", 204


def _shape(row: ApiToken) -> shapes.Shape:
    return {
        "id": str(row.id),
        "name": row.name,
        "hint": row.hint,
        "createdAt": shapes.timestamp(row.created_at),
        "lastUsedAt": shapes.timestamp(row.last_used_at),
    }
