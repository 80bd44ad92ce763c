"""Request bodies are read whole before a request goes any further."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from eventlet import Timeout

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_SECONDS = 30.0
SOCKET_PATH = "/socket.io/"  # Engine.IO reads for itself, within limits of its own


class MalformedBodyError(Exception):
    """The body is not what its headers promise."""


class WholeBodies:
    """WSGI middleware. A client that sends slowly keeps nobody but itself waiting: its request
    takes a place and a database connection only once the body is here. And a chunked body, which
    WSGI applications cannot see the end of, becomes an ordinary one.

    A body over `most_bytes` is passed on with a length that says so, for a 413.
    """

    def __init__(self, application: WSGIApplication, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
        if has_body and not environ["PATH_INFO"].startswith(SOCKET_PATH):
            try:
                with Timeout(LONGEST_SECONDS):
                    self._read(environ)
            except Timeout:
                return _refuse(start_response, "408 Request Timeout")
            except (MalformedBodyError, ValueError, OSError):
                return _refuse(start_response, "400 Bad Request")
        return self._application(environ, start_response)

    def _read(self, environ: WSGIEnvironment) -> None:
        coding = environ.pop("HTTP_TRANSFER_ENCODING", "").strip().lower()
        stream = environ["wsgi.input"]
        if coding == "chunked":
            body = stream.read(self._most_bytes + 1)
        elif coding:
            raise MalformedBodyError(coding)
        else:
            length = int(environ["CONTENT_LENGTH"] or 0)
            if length > self._most_bytes:
                return
            body = stream.read(length) if length > 0 else b""
            if len(body) != length:
                raise MalformedBodyError(f"{len(body)} bytes instead of {length}")
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = BytesIO(body)


def _refuse(start_response: StartResponse, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), ("Connection", "close")])
    return []
