"""Conversations: the list, one of them, its messages, and what people do with it."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions import conversations as actions
from inbox.models import Conversation, ConversationStatus, Platform, User, listing, thread
from inbox.models.loading import conversations_by_id
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_conversations", __name__, url_prefix="/api")


@blueprint.get("/conversations")
@login_required
def index() -> ResponseReturnValue:
    """`{items, nextCursor}`, newest first. An agent's list is theirs, whatever the filters."""
    user = signed_in_user()
    rows, after = listing.page_of(
        Conversation.visible_to(user),
        filters_of_request(user),
        after=parameters.cursor("cursor"),
        limit=parameters.limit(30, most=100),
    )
    return {
        "items": [shapes.conversation(row) for row in rows],
        "nextCursor": after and after.encode(),
    }


@blueprint.get("/conversations/<conversation_id>")
@login_required
def show(conversation_id: str) -> ResponseReturnValue:
    row = access.conversation(conversation_id, user=signed_in_user())
    return shapes.conversation(row) | {"facebookPage": shapes.facebook_page(row.facebook_page)}


@blueprint.patch("/conversations/<conversation_id>")
@login_required
def change(conversation_id: str) -> ResponseReturnValue:
    """`{status?, assigneeId?}`; a null `assigneeId` lets go. Only admins assign conversations that
    are not theirs: an agent cannot reach those here at all."""
    user = signed_in_user()
    row = access.conversation(conversation_id, user=user)
    body = parameters.json_object()
    unknown = set(body) - {"status", "assigneeId"}
    if unknown:
        raise Invalid(**dict.fromkeys(unknown, "This cannot be changed here."))
    status = _status(body["status"]) if "status" in body else None
    hand_over = "assigneeId" in body
    assignee = _assignee(body["assigneeId"], user) if hand_over else None
    actions.change(row, status=status, hand_over=hand_over, assignee=assignee, by=user)
    return _shape(row.id)


@blueprint.post("/conversations/<conversation_id>/read")
@login_required
def mark_read(conversation_id: str) -> ResponseReturnValue:
    """The team has read it: the unread count becomes 0, for everybody."""
    row = access.conversation(conversation_id, user=signed_in_user())
    actions.mark_read(row)
    return _shape(row.id)


@blueprint.get("/conversations/<conversation_id>/messages")
@login_required
def messages(conversation_id: str) -> ResponseReturnValue:
    """`{items, nextCursor}`, newest first; `before` continues to older ones."""
    rows, older = thread.page_of(
        access.conversation(conversation_id, user=signed_in_user()),
        earlier_than=parameters.cursor("before"),
        limit=parameters.limit(30, most=100),
    )
    return {"items": shapes.messages(rows), "nextCursor": older and older.encode()}


@blueprint.get("/counts")
@login_required
def counts() -> ResponseReturnValue:
    """Conversations, each counted to 1000 at the most."""
    user = signed_in_user()
    visible = Conversation.visible_to(user)
    return {
        "unread": listing.count(visible, listing.Filters(unread=True)),
        "mine": listing.count(visible, listing.Filters(assignee_id=user.id)),
        "unassigned": listing.count(visible, listing.Filters(unassigned=True)),
    }


def filters_of_request(user: User) -> listing.Filters:
    """The filters in the address; raises `Invalid`."""
    assignee = request.args.get("assignee", "")
    search = request.args.get("q", "").replace("\x00", "").strip()[:100]
    return listing.Filters(
        status=parameters.choice("status", ConversationStatus),
        assignee_id=user.id
        if assignee == "me"
        else (None if assignee == "none" else parameters.key("assignee")),
        unassigned=assignee == "none",
        platform=parameters.choice("platform", Platform),
        facebook_page_id=parameters.key("pageId"),
        unread=parameters.flag("unread"),
        search=search or None,
    )


def _shape(conversation_id: int) -> shapes.Shape:
    """The row as it is now. What our own session holds of it may mix our change, and the newest
    version, with columns that a message has changed meanwhile: browsers would keep that mix and
    drop the true row of the same version."""
    (row,) = conversations_by_id([conversation_id])
    return shapes.conversation(row)


def _status(value: object) -> ConversationStatus:
    if not isinstance(value, str) or value not in ConversationStatus.__members__:
        raise Invalid(status=f"status must be one of {', '.join(ConversationStatus)}.")
    return ConversationStatus(value)


def _assignee(value: object, user: User) -> User | None:
    if value is None:
        return None
    if not isinstance(value, str | int):
        raise Invalid(assigneeId="assigneeId must be the id of a colleague, or null.")
    return access.colleague(str(value), user=user)
