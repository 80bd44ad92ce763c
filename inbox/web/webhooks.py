"""Meta's door: it proves itself by its signature, and gets 200 only for what is committed."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from inbox.actions.ingest import take_delivery
from inbox.config import settings
from inbox.meta.signature import is_signed
from inbox.web.identity import unsigned

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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


def register(app: Flask) -> None:
    """Opens `FastDoor` before the other doors."""
    app.wsgi_app = FastDoor(app)  # type: ignore[method-assign]  # as Flask's documents say


class FastDoor:
    """WSGI middleware that takes signed deliveries before Flask sees them: sessions, limits,
    forms and page headers do not concern Meta, and cost more than storing a message. What is
    not signed or not whole goes on to Flask, which says why it is refused."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._flask = app.wsgi_app
        self._headers = [*PLAIN.items(), ("Content-Length", str(len(TAKEN)))]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self._signed_body(environ)
        if body is None:
            return self._flask(environ, start_response)
        try:
            with self._app.app_context():
                take_delivery(body)
        except Exception as error:
            return self._answer_to(error, environ)(environ, start_response)
        start_response("200 OK", [*self._headers])
        return [TAKEN.encode()]

    def _signed_body(self, environ: WSGIEnvironment) -> bytes | None:
        """The body of a delivery, when everything is as it should be."""
        length = environ.get("CONTENT_LENGTH", "")
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return None
        if not length.isdigit() or int(length) > self._app.config["MAX_CONTENT_LENGTH"]:
            return None
        body: bytes = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(body)  # Flask may want to read it
        secret = self._app.extensions["inbox_config"].facebook_app_secret
        signature = environ.get("HTTP_X_HUB_SIGNATURE_256")
        return body if is_signed(body, signature, secret) else None

    def _answer_to(self, error: Exception, environ: WSGIEnvironment) -> Response:
        with self._app.request_context(environ):
            return self._app.finalize_request(self._app.handle_user_exception(error))
