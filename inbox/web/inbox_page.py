"""The inbox screen: its first paint. After that, scripts talk to the API and the socket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from inbox import shapes
from inbox.extensions import db
from inbox.models import Conversation, FacebookPage, User, listing, thread
from inbox.models.changes import changes_since
from inbox.web import access
from inbox.web.api.conversations import filters_of_request
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("inbox_page", __name__)

PAGE_LENGTH = 30

# What `_message.html` needs, empty: the bubble of a reply that is still on its way.
EMPTY_REPLY: shapes.Shape = {
    "id": "", "version": 0, "conversationId": "", "content": " ", "direction": "OUTGOING",
    "kind": "MESSAGE", "delivery": "SENDING", "timestamp": "", "attachments": [], "reactions": [],
    "author": {"id": "", "name": ""}, "platform": "FACEBOOK",
}  # fmt: skip


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("inbox_page.show"))


@blueprint.get("/settings")
@login_required
def settings() -> ResponseReturnValue:
    """Of which everybody has an account, and only admins the others."""
    return redirect(url_for("account.show"))


@blueprint.get("/inbox")
@blueprint.get("/inbox/<conversation_id>")
@login_required
def show(conversation_id: str | None = None) -> ResponseReturnValue:
    """The list, narrowed as the address says, and the open conversation."""
    user = signed_in_user()
    try:
        filters = filters_of_request(user)
    except Invalid:  # an address of another version, or typed by hand
        return redirect(request.path)
    visible = Conversation.visible_to(user)
    # Before the rows: what changes while they are read is then caught up with, never missed.
    changes_cursor = changes_since(None, user, visible).cursor
    opened = access.conversation(conversation_id, user=user) if conversation_id else None
    rows, after = listing.page_of(visible, filters, after=None, limit=PAGE_LENGTH)
    messages, older = _newest_messages(opened)
    pages = _pages(user)
    conversations = [shapes.conversation(row) for row in rows]
    return render_template(
        "inbox/page.html",
        conversations=conversations,
        messages=messages,
        pages=pages,
        empty_reply=EMPTY_REPLY,
        first={
            "me": {"id": str(user.id), "name": user.name, "isAdmin": user.is_admin},
            "changesCursor": changes_cursor.encode(),
            "listCursor": after and after.encode(),
            "conversations": [_painted(shape) for shape in conversations],
            "opened": opened and _detail(opened),
            "threadCursor": older,
            "pages": pages,
        },
    )


def _newest_messages(opened: Conversation | None) -> tuple[list[shapes.Shape], str | None]:
    """In the order of reading, and the cursor of older ones."""
    if opened is None:
        return [], None
    rows, older = thread.page_of(opened, earlier_than=None, limit=PAGE_LENGTH)
    return shapes.messages(rows)[::-1], older and older.encode()


def _detail(row: Conversation) -> dict[str, Any]:
    return _painted(shapes.conversation(row)) | {
        "facebookPage": shapes.facebook_page(row.facebook_page)
    }


def _painted(shape: shapes.Shape) -> shapes.Shape:
    """Without its markup, which stands in the page already."""
    return {name: value for name, value in shape.items() if name != "html"}


def _pages(user: User) -> list[shapes.Shape]:
    query = select(FacebookPage).where(FacebookPage.organization_id == user.organization_id)
    rows = db.session.scalars(query.order_by(FacebookPage.name, FacebookPage.id))
    return [{"id": str(row.id), "name": row.name} for row in rows]
