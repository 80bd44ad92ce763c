"""Replies: written, and tried again."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.replies import replying
from inbox.models.loading import messages_by_id
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_replies", __name__, url_prefix="/api")

LONGEST_CLIENT_ID = 100


@blueprint.post("/conversations/<conversation_id>/messages")
@login_required
def create(conversation_id: str) -> ResponseReturnValue:
    """`{text, clientMessageId?}` → 201 and the message, SENDING; 200 for a repeated
    `clientMessageId`. 422 says why it cannot be sent: `text`, or `conversation` when the reply
    window is closed or the Page must be reconnected."""
    user = signed_in_user()
    conversation = access.conversation(conversation_id, user=user)
    body = parameters.json_object()
    text, client_message_id = _text(body), _client_message_id(body)
    message_id, is_new = replying.reply(
        conversation, text=text, client_message_id=client_message_id, by=user
    )
    return _shape(message_id), 201 if is_new else 200


@blueprint.post("/messages/<message_id>/retry")
@login_required
def retry(message_id: str) -> ResponseReturnValue:
    """A reply that failed is SENDING again."""
    user = signed_in_user()
    message = access.message(message_id, user=user)
    conversation = access.conversation(str(message.conversation_id), user=user)
    replying.retry(message, conversation)
    return _shape(message.id)


def _shape(message_id: int) -> shapes.Shape:
    (shape,) = shapes.messages(messages_by_id([message_id]))
    return shape


def _text(body: dict[str, object]) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise Invalid(text="text must be a string.")
    return text


def _client_message_id(body: dict[str, object]) -> str | None:
    value = body.get("clientMessageId")
    if value is None:
        return None
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or not 0 < len(value) <= LONGEST_CLIENT_ID
    ):
        raise Invalid(clientMessageId="clientMessageId must be a string of 1 to 100 characters.")
    return value
