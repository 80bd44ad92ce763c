"""How many requests may use the database at once, so that none waits for a connection."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from eventlet.event import Event

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STALLED_SECONDS = 0.4  # nobody came out for so long: the database hangs
LONGEST_WAIT_SECONDS = 10.0
# Sockets stay open for hours and static files need no database: both walk past. So do the steps of
# Facebook Login: they wait for Meta, and hold no connection meanwhile.
FREE_PATHS = ("/socket.io/", "/static/", "/settings/integrations/facebook/")


class Turnstile:
    """WSGI middleware that lets `places` requests in at a time.

    Without it a hung database turns "503 in 2 s" into minutes: each request would wait for a
    connection behind all others. Who waits while requests come out waits on; when none has come
    out for `STALLED_SECONDS`, it is answered 503 at once.
    """

    def __init__(self, application: WSGIApplication, places: int) -> None:
        self._application = application
        self._places = places
        self._queue: deque[Event] = deque()
        self._last_out = 0.0
        self.inside = 0
        """Requests that are being answered now."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(FREE_PATHS):
            return self._application(environ, start_response)
        if not self._enter():
            return _refuse(start_response)
        try:
            return self._application(environ, start_response)
        finally:
            self._leave()

    def _enter(self) -> bool:
        if self.inside < self._places:
            self.inside += 1
            return True
        began = time.monotonic()
        ticket = Event()
        self._queue.append(ticket)
        while not ticket.ready():
            ticket.wait(timeout=STALLED_SECONDS)
            if not ticket.ready() and self._is_hopeless(began):
                self._queue.remove(ticket)
                return False
        return True

    def _is_hopeless(self, began: float) -> bool:
        now = time.monotonic()
        return now - self._last_out > STALLED_SECONDS or now - began > LONGEST_WAIT_SECONDS

    def _leave(self) -> None:
        self._last_out = time.monotonic()
        if self._queue:
            self._queue.popleft().send()  # the place passes on, so `inside` stays as it is
        else:
            self.inside -= 1


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    body = b'{"error": {"code": "busy", "message": "The server is busy. Try again."}}'
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", "1"),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]
