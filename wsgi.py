"""`python wsgi.py` serves Inbox; `flask --app wsgi …` runs its commands.

Run, this file is first a small parent that opens the port, and then, in each child, the server.
Imported, it is only where `flask` finds `create_app`, and nothing is patched.
"""

from __future__ import annotations

import os
import socket
import sys

LISTENER = "INBOX_LISTENER"  # the inherited socket's number, in a child's environment
BACKLOG = 4096  # connections that may wait while all children are busy or being replaced

if __name__ == "__main__" and LISTENER in os.environ:
    # Before any other import, so that every lock and socket made later is a green one.
    import warnings

    # Eventlet asks new projects to choose another server. It is one of the packages this project
    # is given, and the fastest of those that Flask-SocketIO runs on.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()


def main() -> int:
    from workers.supervision import Child, command, supervise

    try:
        listener = open_listener()
        # At least one, which then says what is wrong with the number.
        children = max(1, int(os.environ.get("WEB_CONCURRENCY") or 1))
    except (OSError, OverflowError, ValueError) as error:
        print(f"Inbox cannot start: {reason(error)}", file=sys.stderr)
        return 1
    os.environ[LISTENER] = str(listener.fileno())
    server = command([sys.executable, os.path.abspath(__file__)], [listener.fileno()])
    served = [Child(server) for _ in range(children)]
    return supervise(served, at_end=listener.close)


def open_listener() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    host = os.environ.get("HOST") or "0.0.0.0"  # noqa: S104 - platforms reach us from outside
    listener.bind((host, int(os.environ.get("PORT") or 5000)))
    listener.listen(BACKLOG)
    return listener


def reason(error: Exception) -> str:
    if isinstance(error, OSError):
        port = os.environ.get("PORT") or 5000
        return f"port {port} cannot be used ({error.strerror}). Set PORT to another one."
    return f"PORT and WEB_CONCURRENCY must be numbers ({error})."


def serve_in_child() -> int:
    from workers.supervision import CANNOT_START, end_with_parent

    end_with_parent()
    listener = socket.socket(fileno=int(os.environ.pop(LISTENER)))

    from inbox.config import Config, ConfigError
    from inbox.logs import log_to_stderr
    from inbox.web.serve import serve

    log_to_stderr()
    try:
        serve(listener, Config.from_environment(os.environ))
    except (ConfigError, RuntimeError) as error:
        print(f"Inbox cannot start: {error}", file=sys.stderr)
    return CANNOT_START


if __name__ == "__main__":
    raise SystemExit(serve_in_child() if LISTENER in os.environ else main())

from inbox import create_app  # noqa: E402, F401 - for `flask --app wsgi`; not in the parent above
