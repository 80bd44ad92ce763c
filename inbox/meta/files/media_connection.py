"""One HTTP request to an address that was judged before, with a deadline that holds.

`http.client` and not `requests`: nothing here follows a redirect, reads a proxy or a password
from the environment, keeps a cookie, unpacks a body, or looks a name up again.
"""

from __future__ import annotations

import socket
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, cast

import certifi

from inbox.meta.files.media_address import PORTS, Place
from inbox.meta.files.media_errors import MediaUnavailableError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_SECONDS = 5.0  # for each address of the host
HEADERS = {
    "User-Agent": "Inbox",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # a packed body could unpack to any size
    "Connection": "close",
}
SILENT = "Meta's file server did not answer in time."
BROKEN = "The connection to Meta's file server broke."


class PinnedConnection(HTTPConnection):
    """Connects to the addresses of `place`, in turn, and asks for its host by name: in the Host
    header, in TLS and against the certificate. `deadline` is of `time.monotonic()`."""

    def __init__(self, place: Place, deadline: float) -> None:
        super().__init__(place.host, place.port)
        self.default_port = PORTS[place.scheme]  # else the Host header names the port
        self._place = place
        self._deadline = deadline

    def get(self) -> HTTPResponse:
        """The answer, its body still unread. Raises MediaUnavailableError."""
        try:
            self.request("GET", self._place.target, headers=HEADERS)
            return self.getresponse()
        except (OSError, HTTPException) as error:
            raise MediaUnavailableError(reason_of(error)) from error

    def connect(self) -> None:
        plain = self._first_that_answers()
        try:
            self.sock = self._secured(plain) if self._place.scheme == "https" else _timed(plain)
            self.sock.deadline = self._deadline
        finally:
            plain.close()  # does nothing once its descriptor has moved into `self.sock`

    def _first_that_answers(self) -> socket.socket:
        last_error: OSError = TimeoutError()
        for address in self._place.addresses:
            try:
                seconds = min(CONNECT_SECONDS, _left(self._deadline))
                return socket.create_connection((address, self._place.port), seconds)
            except OSError as error:
                last_error = error
        raise last_error

    def _secured(self, plain: socket.socket) -> TimedTLSSocket:
        context = ssl.create_default_context()
        # `requests` brings them: some systems have no certificates of their own.
        context.load_verify_locations(certifi.where())
        context.sslsocket_class = TimedTLSSocket
        plain.settimeout(_left(self._deadline))  # for the whole handshake
        wrapped = context.wrap_socket(plain, server_hostname=self._place.host.strip("[]"))
        return cast("TimedTLSSocket", wrapped)


class TimedSocket(socket.socket):
    """A socket's own timeout begins anew with each byte, so a server that drips would hold us
    for hours; here all reading ends at `deadline`."""

    deadline: float

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(_left(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


class TimedTLSSocket(ssl.SSLSocket):
    """The same over TLS."""

    deadline: float

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(_left(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


def _timed(plain: socket.socket) -> TimedSocket:
    seconds = plain.gettimeout()
    timed = TimedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    timed.settimeout(seconds)
    return timed


def reason_of(error: Exception) -> str:
    return SILENT if isinstance(error, TimeoutError) else BROKEN


def _left(deadline: float) -> float:
    """Seconds until the deadline; raises TimeoutError when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
