"""Signed deliveries, taken before Flask sees them, and several at a time."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask, Response

from inbox.actions.incoming.ingest import take_deliveries
from inbox.meta.deliveries.signature import is_signed
from inbox.meta.deliveries.webhook import parse
from inbox.web.gathering import Gathering
from inbox.web.turnstile import BusyError, Turnstile, refuse
from inbox.web.webhooks import PATH, PLAIN, TAKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FastDoor:
    """WSGI middleware before the turnstile: sessions, limits, forms and page headers do not concern
    Meta, and cost more than storing a message. What is not signed or not whole goes on to Flask,
    which says why it is refused.

    Customers' messages are gathered; a delivery with anything else needs a place, because it may
    take several transactions.
    """

    def __init__(self, app: Flask, turnstile: Turnstile, lanes: int) -> None:
        self._app = app
        self._turnstile = turnstile
        self._gathering = Gathering(take_deliveries, lanes)
        self._headers = [*PLAIN.items(), ("Content-Length", str(len(TAKEN)))]
        self.inside = 0
        """Deliveries that are being taken now."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self._signed_body(environ)
        if body is None:
            return self._turnstile(environ, start_response)
        self.inside += 1
        try:
            self._take(body)
        except BusyError:
            return refuse(start_response)
        except Exception as error:
            return self._answer_to(error, environ)(environ, start_response)
        finally:
            self.inside -= 1
        start_response("200 OK", [*self._headers])
        return [TAKEN.encode()]

    def _take(self, body: bytes) -> None:
        delivery = parse(body)
        with self._app.app_context():
            if delivery.is_plain:
                self._gathering.take(delivery)
                return
            with self._turnstile.place():
                take_deliveries([delivery])

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
