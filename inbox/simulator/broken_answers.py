"""Faults of the line itself: waiting, closing, dripping and truncating."""

import os
import socket
import struct
from collections.abc import Iterator

from flask import Response, request

from inbox.simulator.faults import Fault
from inbox.simulator.pretend import PretendMeta

STALL_S = 60.0


def before_answer(meta: PretendMeta, fault: Fault | None) -> None:
    """Waits and closures that come before anything is done."""
    if fault is None:
        return
    if fault.kind == "latency":
        meta.stopping.wait(fault.seconds(1.0))
    if fault.kind == "stall":
        meta.stopping.wait(fault.seconds(STALL_S))
    if fault.kind == "reset":
        raise ConnectionDroppedError(reset_connection())
    if fault.kind in ("stall", "close"):
        raise ConnectionDroppedError(close_connection())


def after_answer(meta: PretendMeta, fault: Fault | None, response: Response) -> Response:
    """Spoil an answer whose call has taken effect."""
    if fault is None:
        return response
    if fault.kind == "apply_then_stall":
        meta.stopping.wait(fault.seconds(STALL_S))
    if fault.kind in ("apply_then_stall", "apply_then_close"):
        raise ConnectionDroppedError(close_connection())
    if fault.kind == "truncated":
        response.set_data(response.get_data()[: len(response.get_data()) // 2])
    if fault.kind == "bad_gateway":
        status = int(fault.settings.get("status", 502))
        return Response(f"<html><h1>{status}</h1></html>", status, mimetype="text/html")
    if fault.kind == "cut_body":
        return _cut(response)
    if fault.kind == "slow_body":
        return _dripping(meta, response, fault.seconds(2.0))
    return response


class ConnectionDroppedError(Exception):
    """The connection is closed already; nothing can be answered on it."""


def close_connection() -> str:
    """Cut the client's connection without a byte of answer; says what was done."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return "closed on purpose"


def reset_connection() -> str:
    """The same with a TCP reset, as a firewall or a crash does it."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The handler's files hold the socket open, so it is detached: closing is what resets.
    os.close(connection.detach())
    return "reset on purpose"


def _cut(response: Response) -> Response:
    body = response.get_data()
    cut = Response(iter([body[: len(body) // 2]]), response.status_code, response.headers)
    cut.content_length = len(body)
    return cut


def _dripping(meta: PretendMeta, response: Response, seconds: float) -> Response:
    body = response.get_data()

    def pieces() -> Iterator[bytes]:
        for position in range(0, len(body), max(1, len(body) // 20)):
            meta.stopping.wait(seconds / 20)
            yield body[position : position + max(1, len(body) // 20)]

    slow = Response(pieces(), response.status_code, response.headers)
    slow.content_length = len(body)
    return slow
