"""Request bodies are read whole before a request goes any further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from eventlet import Timeout

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_SECONDS = 30.0
LARGE_BYTES = 256 * 1024  # Meta's deliveries and people's forms are smaller, nearly all of them
MOST_LARGE_BYTES = 48 * 1024 * 1024  # a process has some 200 MB
SOCKET_PATH = "/socket.io/"  # Engine.IO reads for itself, within limits of its own


class MalformedBodyError(Exception):
    """The body is not what its headers promise."""


class CrowdedError(Exception):
    """So many large bodies are being read already that memory would not last."""


class WholeBodies:
    """WSGI middleware. A client that sends slowly keeps nobody but itself waiting: its request
    takes a place and a database connection only once the body is here. And a chunked body, which
    WSGI applications cannot see the end of, becomes an ordinary one.

    A body over `most_bytes` is passed on with a length that says so, for a 413. Large ones together
    may take `MOST_LARGE_BYTES`: nobody has proved yet who sends them.
    """

    def __init__(self, application: WSGIApplication, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes
        self._large_bytes = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
        if has_body and not environ["PATH_INFO"].startswith(SOCKET_PATH):
            try:
                with Timeout(LONGEST_SECONDS):
                    self._read(environ)
            except Timeout:
                return _refuse(start_response, "408 Request Timeout")
            except CrowdedError:
                return _refuse(start_response, "503 Service Unavailable")
            except (MalformedBodyError, ValueError, OSError):
                return _refuse(start_response, "400 Bad Request")
        return self._application(environ, start_response)

    def _read(self, environ: WSGIEnvironment) -> None:
        coding = environ.pop("HTTP_TRANSFER_ENCODING", "").strip().lower()
        stream = environ["wsgi.input"]
        if coding == "chunked":
            with self._room_for(self._most_bytes):
                body = stream.read(self._most_bytes + 1)
        elif coding:
            raise MalformedBodyError(coding)
        else:
            length = int(environ["CONTENT_LENGTH"] or 0)
            if length > self._most_bytes:
                return
            with self._room_for(length):
                body = stream.read(length) if length > 0 else b""
            if len(body) != length:
                raise MalformedBodyError(f"{len(body)} bytes instead of {length}")
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = BytesIO(body)

    @contextmanager
    def _room_for(self, length: int) -> Iterator[None]:
        large = length if length > LARGE_BYTES else 0
        if large and self._large_bytes + large > MOST_LARGE_BYTES:
            raise CrowdedError
        self._large_bytes += large
        try:
            yield
        finally:
            self._large_bytes -= large


def _refuse(start_response: StartResponse, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), ("Connection", "close")])
    return []
