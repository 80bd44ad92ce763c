"""The door that stays open when the process, or the machine, has run out of something."""

from __future__ import annotations

import errno
import logging
import socket
from typing import Any

import eventlet

log = logging.getLogger(__name__)

# What passes by itself: no file, memory or buffer was left, or the caller was gone already.
PASSING = frozenset({
    errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED, errno.EPROTO,
})  # fmt: skip
PAUSE_SECONDS = 0.1


class SteadyListener:
    """A listening socket whose `accept` waits and tries again. Eventlet's server stops accepting
    for good at the first error, while its process lives on and nobody replaces it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    def accept(self) -> tuple[socket.socket, Any]:
        while True:
            try:
                return self._listener.accept()
            except OSError as error:
                if error.errno not in PASSING:
                    raise
                log.warning("Nobody can be let in: %s", error)
                eventlet.sleep(PAUSE_SECONDS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)
