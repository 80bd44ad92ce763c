"""Fetching a file that somebody sent: only from Meta's file servers, and never too much of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from urllib.parse import urljoin

from inbox.meta.files.media_address import MALFORMED, Resolve, look_up, place_of
from inbox.meta.files.media_connection import PinnedConnection, reason_of
from inbox.meta.files.media_errors import (
    MediaExpiredError,
    MediaRefusedError,
    MediaUnavailableError,
)

MOST_BYTES = 25 * 1024 * 1024  # Meta's own limit for attachments (Send API)
SECONDS = 30.0
MOST_REDIRECTS = 3
PIECE = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (403, 404, 410)  # 403 is what Meta's servers answer once a signed address has expired


def download(
    url: str,
    *,
    hosts: Sequence[str],
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    resolve: Resolve = look_up,
) -> bytes:
    """The bytes behind `url`; what they are, only they tell (see `media_type`).

    `hosts` are the entries of MEDIA_HOSTS, `seconds` the time for everything after the names are
    looked up, redirects included, each of which is judged like the first address. Raises
    MediaExpiredError, MediaRefusedError or MediaUnavailableError.
    """
    deadline = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        place = place_of(url, hosts, resolve)
        with closing(PinnedConnection(place, deadline)) as connection, connection.get() as response:
            if response.status not in REDIRECTS:
                return _content(response, most_bytes)
            url = _next(url, response.headers.get("Location", ""))
    raise MediaRefusedError("It is redirected too often.")


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise MediaRefusedError(MALFORMED) from None


def _content(response: HTTPResponse, most_bytes: int) -> bytes:
    if response.status in GONE:
        raise MediaExpiredError
    if response.status != 200:
        raise MediaUnavailableError(f"Meta's file server answered {response.status}.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaRefusedError("It came packed, which was not asked for.")
    content = bytearray()
    # What Content-Length says is not relied on: we count.
    for piece in _pieces(response):
        content += piece
        if len(content) > most_bytes:
            raise MediaRefusedError(f"It is larger than {most_bytes // 1024**2} MB.")
    if not content:
        raise MediaRefusedError("It is empty.")
    return bytes(content)


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read1(PIECE):
            yield piece
    except (OSError, HTTPException) as error:
        raise MediaUnavailableError(reason_of(error)) from error
    if response.length:  # `read1` takes the end of the connection for the end of the body
        raise MediaUnavailableError("Only a part of it came.")
