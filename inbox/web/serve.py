"""One served web process: eventlet's server, on a socket that our parent opened."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import eventlet
import eventlet.wsgi
from eventlet.hubs import trampoline
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from inbox import create_app
from inbox.config import Config
from inbox.extensions import db
from inbox.realtime import realtime
from inbox.web.accepting import SteadyListener
from inbox.web.bodies import WholeBodies
from inbox.web.fast_door import FastDoor
from inbox.web.turnstile import Turnstile
from inbox.web.waiting import pass_over_stale_connections, wait_in_green_threads, waits_block

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 10_000
FILES_BESIDE_CONNECTIONS = 200
# A client that is silent for so long is cut off; Engine.IO's pings keep live sockets under it.
SILENCE_SECONDS = 65
DRAIN_SECONDS = 5.0
CONNECTIONS_FOR_SOCKETS = 2  # left to socket events and the outbox
LANES_FOR_DELIVERIES = 2  # the same; requests share the rest
# Objects, and then rounds. Python's own 700 are made by ten rows, and what a request leaves behind
# is hardly ever a circle: a tenth of the time for telling went into looking for some.
COLLECT_AFTER = (20_000, 20, 20)


def serve(listener: socket.socket, config: Config) -> None:
    """Serve until SIGTERM or SIGINT, then end the process; it does not return.

    Raises RuntimeError when one query would keep all other requests waiting.
    """
    wait_in_green_threads()
    app = create_app(config, "web")
    with app.app_context():
        pass_over_stale_connections(db.engine)
    _check_waits(app)
    send_at_once(listener)
    places = config.pool_size("web") - CONNECTIONS_FOR_SOCKETS - LANES_FOR_DELIVERIES
    turnstile = Turnstile(app, max(1, places))
    door = FastDoor(app, turnstile, LANES_FOR_DELIVERIES)
    server = eventlet.spawn(
        eventlet.wsgi.server,
        SteadyListener(listener),
        WholeBodies(_without_compression(door), app.config["MAX_CONTENT_LENGTH"]),
        max_size=_most_connections(),
        socket_timeout=SILENCE_SECONDS,
        log_output=False,
        debug=False,
    )
    gc.freeze()  # what is loaded now stays: later collections need not walk through it
    gc.set_threshold(*COLLECT_AFTER)
    wait_for_signal = _signals()
    log.info("Serving on port %d", listener.getsockname()[1])
    wait_for_signal()
    server.kill()
    listener.close()  # who connects now is refused, unless siblings go on
    _drain(app, lambda: door.inside + turnstile.inside)
    logging.shutdown()
    # Not sys.exit: eventlet's server would first wait for every open socket. The kernel closes
    # them now, and browsers connect again.
    os._exit(0)


def send_at_once(listener: socket.socket) -> None:
    """For every socket that it accepts (Linux hands the option down). Else the kernel holds a
    second write back until the first is acknowledged, which the other side delays: a list, whose
    headers go out before its body, took 40 ms longer, and so did the second of two events."""
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _without_compression(application: WSGIApplication) -> WSGIApplication:
    """WSGI middleware that overhears a browser's offer to compress its WebSocket: eventlet would
    keep 300 KB for each socket, and pack each event again for each of them."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return application(environ, start_response)

    return call


def _check_waits(app: Flask) -> None:
    with app.app_context():
        try:
            if waits_block(db.engine):
                raise RuntimeError("A query blocks the whole process: psycopg2 is not green.")
        except SQLAlchemyError as error:
            log.warning("The database is away; serving 503 until it is back: %s", error)


def _most_connections() -> int:
    """As many as the system lets us hold, having asked for as many as it allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE_CONNECTIONS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(100, allowed - FILES_BESIDE_CONNECTIONS)


def _signals() -> Callable[[], None]:
    """Wakes the caller of the result at SIGTERM or SIGINT.

    Through a pipe: a handler runs wherever the process stands, perhaps inside eventlet's own
    loop, where neither exiting nor starting a green thread works.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return lambda: trampoline(reader, read=True)


def _drain(app: Flask, under_way: Callable[[], int]) -> None:
    """Let requests end that are being answered, and tell what is committed; not sockets."""
    outbox = realtime(app).outbox
    deadline = time.monotonic() + DRAIN_SECONDS
    with suppress(KeyboardInterrupt):
        while time.monotonic() < deadline and (under_way() or outbox):
            eventlet.sleep(0.01)
