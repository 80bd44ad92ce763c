"""WebSocket frames, counted as they come off the wire.

Whoever writes faster than we read keeps eventlet's loop to itself, also with frames that never
reach Socket.IO (pings, pongs, unknown ones), and without having signed in. And a message in endless
fragments would be kept in memory until its end. Browsers of ours send a token and a pong every
20 s, each in one small frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from eventlet.websocket import FailedConnectionError, RFC6455WebSocket

MOST_FRAMES = 100
WINDOW_SECONDS = 10.0
LONGEST_FRAME = 10_000  # bytes; unmasking a byte costs 0.3 µs during which nobody else runs

# Reasons for closing a connection (RFC 6455, section 7.4.1).
UNSUPPORTED, AGAINST_POLICY = 1003, 1008

Handler = Callable[[Any], Any]


def watch_frames(server: Any) -> None:
    """From now on this Socket.IO server's connections are watched; call it once."""
    driver = server.eio._async
    plain = driver["websocket"]
    watched = {"websocket": lambda handler, eio: plain(_watched(handler), eio)}
    server.eio._async = driver | watched


def _watched(handler: Handler) -> Handler:
    def handle(connection: Any) -> Any:
        if not isinstance(connection, RFC6455WebSocket):
            return None  # a draft of 2010, which has no frames and no limits
        connection.max_frame_length = LONGEST_FRAME
        connection._recv_frame = _Meter(connection._recv_frame)
        return handler(connection)

    return handle


class _Meter:
    """Stands before the reading of one connection's frames."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self._read = read
        self._began = time.monotonic()
        self._frames = 0

    def __call__(self, message: Any = None) -> Any:
        """`message` is what the frame continues, if anything."""
        self._count()
        frame = self._read(message=message)
        if message is not None or not frame.finished:
            raise FailedConnectionError(UNSUPPORTED, "Send messages whole.")
        return frame

    def _count(self) -> None:
        now = time.monotonic()
        if now - self._began > WINDOW_SECONDS:
            self._began, self._frames = now, 0
        self._frames += 1
        if self._frames > MOST_FRAMES:
            raise FailedConnectionError(AGAINST_POLICY, "Too many frames.")
