"""Malformed frames and floods on the socket: browsers of ours send neither.

We take no binary events: an unfinished one would hold its pieces in memory. A socket that sends
what cannot be read, or too much, is closed.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from inbox.web.turnstile import BusyError

log = logging.getLogger(__name__)

MOST_FRAMES = 100
WINDOW_SECONDS = 10.0
SIGN_IN_SECONDS = 15.0
# Packet types of the Socket.IO protocol, revision 5.
EVENT_TYPE = "2"
BINARY_TYPES = ("5", "6")
# What the server tells itself; a client that sends events of these names plays it.
RESERVED_EVENTS = ("connect", "disconnect")


class SocketGuard:
    """Stands before python-socketio's own reading of frames."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._windows: dict[str, tuple[float, int]] = {}
        self._opened: dict[str, float] = defaultdict(time.monotonic)
        self._read = server._handle_eio_message
        self._closed = server._handle_eio_disconnect
        server.eio.on("message", self.take)
        server.eio.on("disconnect", self.forget)

    def take(self, eio_sid: str, frame: str | bytes) -> None:
        if self._is_flood(eio_sid) or isinstance(frame, bytes) or frame.startswith(BINARY_TYPES):
            self._close(eio_sid, "too many or binary frames")
            return
        try:
            if self._is_reserved(frame):
                self._close(eio_sid, "an event that only the server may tell")
            else:
                self._read(eio_sid, frame)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            self._close(eio_sid, f"a frame that cannot be read: {type(error).__name__}")
        except (SQLAlchemyError, BusyError) as error:
            # Nobody can sign in now. A closed socket tries again by itself, a refused one does not.
            self._close(eio_sid, f"the database does not answer: {type(error).__name__}")

    def forget(self, eio_sid: str, reason: str) -> None:
        self._windows.pop(eio_sid, None)
        self._opened.pop(eio_sid, None)
        self._closed(eio_sid, reason)

    def close_strangers(self) -> None:
        """Ends connections that were opened and never signed in."""
        now = time.monotonic()
        known = {eio_sid for _, eio_sid in self._server.manager.get_participants("/", None)}
        for eio_sid in list(self._server.eio.sockets):
            if eio_sid not in known and now - self._opened[eio_sid] > SIGN_IN_SECONDS:
                self._close(eio_sid, "nobody signed in on it")

    def _is_reserved(self, frame: str) -> bool:
        if not frame.startswith(EVENT_TYPE):
            return False
        return self._server.packet_class(encoded_packet=frame).data[0] in RESERVED_EVENTS

    def _is_flood(self, eio_sid: str) -> bool:
        now = time.monotonic()
        began, frames = self._windows.get(eio_sid, (now, 0))
        if now - began > WINDOW_SECONDS:
            began, frames = now, 0
        self._windows[eio_sid] = (began, frames + 1)
        return frames >= MOST_FRAMES

    def _close(self, eio_sid: str, reason: str) -> None:
        log.warning("A socket was closed: %s", reason)
        self._server.eio.disconnect(eio_sid)
