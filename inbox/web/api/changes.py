"""`GET /api/changes`: what a browser missed while it was away."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.extensions import db
from inbox.models import Conversation
from inbox.models.changes import Cursor, changes_since
from inbox.models.keyset import BadCursorError
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_changes", __name__, url_prefix="/api")


@blueprint.get("/changes")
@login_required
def changes() -> ResponseReturnValue:
    """`{cursor, hasMore, reload, conversations, messages, removedConversationIds, change,
    imported}`.

    `reload`: fetch the screen anew, because too much has changed, or because a sync has brought
    conversations that are not listed here; with `imported` only the latter.

    `change` is what `pulse` will say as long as nothing new happens: a browser that hears another
    word calls here.
    """
    user = signed_in_user()
    visible = Conversation.visible_to(user)
    cursor = _cursor()
    db.session.expunge(user)  # keeps what was read of who asks, in another snapshot
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    found = changes_since(cursor, user, visible)
    return {
        "cursor": found.cursor.encode(),
        "hasMore": found.has_more,
        "reload": found.reload,
        "imported": found.imported,
        "conversations": [shapes.conversation(row) for row in found.conversations],
        "messages": shapes.messages(found.messages),
        "removedConversationIds": [str(key) for key in found.removed_conversation_ids],
        "change": str(found.change),
    }


def _cursor() -> Cursor | None:
    raw = request.args.get("since")
    try:
        return Cursor.decode(raw) if raw else None
    except BadCursorError:
        raise Invalid(since="since must be a cursor of an earlier answer.") from None
