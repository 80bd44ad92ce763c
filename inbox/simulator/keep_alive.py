"""HTTP/1.1 with connections that stay open, which werkzeug's own handler never leaves open."""

import logging
import socket
import threading
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

log = logging.getLogger(__name__)


class KeepAliveServer(ThreadedWSGIServer):
    """A thread for each connection; `close_all` cuts those that are still open."""

    def __init__(self, host: str, port: int, app: Any) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(host, port, app, handler=KeepAliveHandler)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def close_all(self) -> None:
        """A client that keeps a connection must not go on talking to a server that has ended."""
        with self._lock:
            left = list(self._open)
        for connection in left:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.closed(connection)  # the client was quicker


class KeepAliveHandler(WSGIRequestHandler):
    """Reads each request whole before it is answered, so that the next one can follow."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a kept connection waits 40 ms between head and body
    server: KeepAliveServer

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Nothing: the control doors list calls and deliveries."""

    def run_wsgi(self) -> None:
        try:
            if self.headers.get("Expect", "").lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.environ = self._whole_request()
            pieces, status, headers = run_wsgi_app(self.server.app, self.environ)
            try:
                self._send(status, headers, pieces)
            finally:
                close = getattr(pieces, "close", None)
                if close is not None:
                    close()
        except OSError:
            self.close_connection = True  # cut on purpose, or the client went away
        except Exception:
            log.exception("an answer broke off")
            self.close_connection = True

    def _whole_request(self) -> dict[str, Any]:
        environ = self.make_environ()
        length = int(self.headers.get("Content-Length") or 0)
        if environ.get("wsgi.input_terminated"):
            self.close_connection = True  # chunked: what the app leaves unread stays in the line
        else:
            environ["wsgi.input"] = BytesIO(self.rfile.read(length) if length else b"")
        return environ

    def _send(self, status: str, headers: Headers, pieces: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        told = headers.get("Content-Length")
        has_body = self.command != "HEAD" and int(code) not in (204, 304)
        chunked = told is None and has_body
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        sent = 0
        for piece in pieces:
            if piece and has_body:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                sent += len(piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        elif has_body and sent != int(told or 0):
            self.close_connection = True  # a length that lies: nothing can follow it
