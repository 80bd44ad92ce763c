"""How many requests may use the database at once, so that none waits for a connection."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import eventlet
from eventlet.event import Event

from inbox.web.waiting import silence

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# No query has been answered for so long: the database hangs.
STALLED_SECONDS = 0.6
LOOK_SECONDS = 0.2  # between two looks of who waits
LONGEST_WAIT_SECONDS = 10.0
# Sockets stay open for hours and static files need no database: both walk past. So do the steps of
# Facebook Login: they wait for Meta, and hold no connection meanwhile.
FREE_PATHS = ("/socket.io/", "/static/", "/settings/integrations/facebook/")


class BusyError(Exception):
    """The database hangs, or there was no place for `LONGEST_WAIT_SECONDS`."""


class Places:
    """So many may use the database at a time.

    Without it a hung database turns "503 in 2 s" into minutes: each would wait for a connection
    behind all others. Who waits while PostgreSQL answers anybody waits on; when it has answered
    nobody for `STALLED_SECONDS`, they are refused at once.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._queue: deque[Event] = deque()
        self.inside = 0
        """Those who have a place now."""

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places, for the block; raises BusyError when there is none to be had."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        if self.inside < self._places:
            self.inside += 1
            return
        began = time.monotonic()
        ticket = Event()
        self._queue.append(ticket)
        while not ticket.ready():
            # In this order: others run while it looks, and may pass their place on.
            if _is_hopeless(began) and not ticket.ready():
                self._queue.remove(ticket)
                raise BusyError
            if not ticket.ready():
                ticket.wait(timeout=LOOK_SECONDS)

    def _leave(self) -> None:
        if self._queue:
            self._queue.popleft().send()  # the place passes on, so `inside` stays as it is
        else:
            self.inside -= 1


class Turnstile(Places):
    """WSGI middleware that lets `places` requests in at a time, and answers 503 to the others."""

    def __init__(self, application: WSGIApplication, places: int) -> None:
        super().__init__(places)
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(FREE_PATHS):
            return self._application(environ, start_response)
        try:
            with self.place():
                return self._application(environ, start_response)
        except BusyError:
            return refuse(start_response)


def _is_hopeless(began: float) -> bool:
    if silence.seconds > STALLED_SECONDS:
        # Was it perhaps us who stood still? Then the answer is there, and is taken now.
        for _ in range(2):
            eventlet.sleep(0)
    return silence.seconds > STALLED_SECONDS or time.monotonic() - began > LONGEST_WAIT_SECONDS


def refuse(start_response: StartResponse) -> Iterable[bytes]:
    """503: whoever asks may try again in a second."""
    body = b'{"error": {"code": "busy", "message": "The server is busy. Try again."}}'
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", "1"),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]
