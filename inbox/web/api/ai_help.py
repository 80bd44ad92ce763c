"""What an agent asks the AI about an open conversation."""

from __future__ import annotations

import re

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox.actions.ai.helping import ask_for_help
from inbox.ai.agent_help import HelpKind
from inbox.extensions import limiter
from inbox.web import access, throttle
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_ai_help", __name__, url_prefix="/api/conversations")

KINDS: dict[object, HelpKind] = {"REPLY": "REPLY", "SUMMARY": "SUMMARY"}
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


@blueprint.post("/<conversation_id>/ai-help")
@login_required
@limiter.limit("20 per minute", key_func=throttle.signed_in_account)
def ask(conversation_id: str) -> ResponseReturnValue:
    """`{kind: REPLY | SUMMARY, requestId}` → 202. The answer comes over the socket, as `ai_answer`
    with this `requestId`; nothing is sent to the customer."""
    user = signed_in_user()
    conversation = access.conversation(conversation_id, user=user)
    body = parameters.json_object()
    kind, request_id = body.get("kind"), body.get("requestId")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(kind=f"kind must be one of {', '.join(map(str, KINDS))}.")
    if not isinstance(request_id, str) or not REQUEST_ID.fullmatch(request_id):
        raise Invalid(requestId="requestId must be 1 to 64 letters, digits and hyphens.")
    ask_for_help(conversation, KINDS[kind], request_id, by=user)
    return {"requestId": request_id}, 202
