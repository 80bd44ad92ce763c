"""Meta's door: it proves itself by its signature, and gets 200 only for what is committed."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from inbox.actions.incoming.ingest import take_delivery
from inbox.config import settings
from inbox.meta.deliveries.signature import is_signed
from inbox.web.identity import unsigned

PATH = "/api/webhooks/facebook"
TAKEN = "EVENT_RECEIVED"
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

blueprint = Blueprint("webhooks", __name__)


@blueprint.get(PATH)
def verify() -> ResponseReturnValue:
    """Meta asks once, when the address is entered: the challenge goes back as it came."""
    expected = settings().facebook_webhook_verify_token
    given = request.args.get("hub.verify_token", "")
    is_right = expected is not None and hmac.compare_digest(given.encode(), expected.encode())
    if request.args.get("hub.mode") != "subscribe" or not is_right:
        abort(403)
    return request.args.get("hub.challenge", ""), PLAIN


@blueprint.post(PATH)
@unsigned
def receive() -> ResponseReturnValue:
    """403 for what Meta did not sign, 413 over 4 MiB, 503 when the database cannot take it (Meta
    delivers again), else 200: an event that cannot be taken is set aside, not refused."""
    body = request.get_data(cache=False)
    signature = request.headers.get("X-Hub-Signature-256")
    if not is_signed(body, signature, settings().facebook_app_secret):
        abort(403)
    take_delivery(body)
    return TAKEN, PLAIN
