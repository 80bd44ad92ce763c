"""A socket without a library's manners: any frame, in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import websocket

OPEN, MESSAGE, PING = "0", "4", "2"  # packet types of Engine.IO, protocol 4
CONNECT, DISCONNECT, EVENT, CONNECT_ERROR = "0", "1", "2", "4"  # of Socket.IO, protocol 5


class RawSocket:
    """An Engine.IO connection that has been opened; `sign_in` makes it a Socket.IO one."""

    def __init__(self, url: str, **options: Any) -> None:
        address = url.replace("http://", "ws://") + "/socket.io/?EIO=4&transport=websocket"
        self._wire = websocket.create_connection(address, timeout=5, **options)
        assert self.receive().startswith(OPEN)

    def send(self, frame: str | bytes) -> None:
        """As a text frame, or a binary one. The server may have hung up already."""
        with suppress(OSError, websocket.WebSocketException):
            if isinstance(frame, bytes):
                self._wire.send_binary(frame)
            else:
                self._wire.send(frame)

    def receive(self) -> str:
        """The next frame; "" once the server has closed the connection, however politely."""
        try:
            return str(self._wire.recv())
        except websocket.WebSocketTimeoutException:
            raise
        except (ConnectionError, websocket.WebSocketException):
            return ""

    def sign_in(self, token: str) -> None:
        self.send(MESSAGE + CONNECT + json.dumps({"token": token}))
        assert self.receive().startswith(MESSAGE + CONNECT)

    def is_closed_by_server(self) -> bool:
        """Reads until the end; False when there is none in 5 s."""
        try:
            while self.receive():
                pass
        except websocket.WebSocketTimeoutException:
            return False
        return True

    def has_been_closed(self) -> bool:
        """Whether the server has said goodbye so far."""
        self._wire.settimeout(0.01)
        with suppress(websocket.WebSocketTimeoutException):
            while (frame := self.receive()) and frame != MESSAGE + DISCONNECT:
                pass
            return True
        return False

    def pour(self, frame: str, copies: int, opcode: int = websocket.ABNF.OPCODE_TEXT) -> None:
        """The same frame again and again, faster than anybody could read them."""
        one = websocket.ABNF.create_frame(frame, opcode).format()
        assert self._wire.sock
        with suppress(OSError):  # the server may have hung up
            self._wire.sock.sendall(one * copies)

    def send_fragment(self, beginning: str) -> None:
        """The beginning of a message whose end never comes."""
        text = websocket.ABNF.OPCODE_TEXT
        self._wire.send_frame(websocket.ABNF.create_frame(beginning, text, fin=0))

    def close(self) -> None:
        # At once: a polite close waits for an answer.
        self._wire.shutdown()  # type: ignore[no-untyped-call]


@contextmanager
def raw_socket(url: str, token: str | None = None, **options: Any) -> Iterator[RawSocket]:
    made = RawSocket(url, **options)
    try:
        if token is not None:
            made.sign_in(token)
        yield made
    finally:
        made.close()
