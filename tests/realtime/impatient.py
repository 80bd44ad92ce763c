"""A web process whose beat is quick, so that what it does every 15 s can be waited for."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402 - after the patching, as in wsgi.py

from inbox.config import Config  # noqa: E402
from inbox.web import socket_guard, sockets  # noqa: E402
from inbox.web.serve import serve  # noqa: E402
from wsgi import open_listener  # noqa: E402

if __name__ == "__main__":
    sockets.EVERY_SECONDS = 0.02  # type: ignore[attr-defined]  # it is imported there
    socket_guard.SIGN_IN_SECONDS = 0.5
    serve(open_listener(), Config.from_environment(os.environ))
