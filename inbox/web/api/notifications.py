"""What admins should know: the list behind the bell."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox import shapes
from inbox.actions import notifications
from inbox.extensions import db
from inbox.models import Notification
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_notifications", __name__, url_prefix="/api/notifications")

LONGEST_ID = 18  # digits


@blueprint.get("")
@admin_required
def index() -> ResponseReturnValue:
    """`{items, nextCursor, unreadCount}`, the newest first."""
    organization_id = signed_in_user().organization_id
    limit, before = parameters.limit(20, most=100), parameters.key("cursor")
    query = Notification.newest_of(organization_id).limit(limit + 1)
    if before is not None:
        query = query.where(Notification.id < before)
    rows = db.session.scalars(query).all()
    shown = rows[:limit]
    return {
        "items": [shapes.notification(row) for row in shown],
        "nextCursor": str(shown[-1].id) if len(rows) > limit else None,
        "unreadCount": notifications.unread_count(organization_id),
    }


@blueprint.post("/read")
@admin_required
def read() -> ResponseReturnValue:
    """`{upToId}`: this one and all before it have been seen → `{unreadCount}`."""
    up_to = parameters.json_object().get("upToId")
    text = str(up_to) if isinstance(up_to, str | int) else ""
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_ID:
        raise Invalid(upToId="upToId must be the id of a notification.")
    return {"unreadCount": notifications.mark_read(up_to=int(text), by=signed_in_user())}
