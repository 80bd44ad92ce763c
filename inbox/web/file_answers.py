"""Answering with a stored file: whole or a part of it, and never as anything it is not."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import ContentRange
from werkzeug.http import is_resource_modified

from inbox import storage
from inbox.meta.files.media_type import FileType
from inbox.models import StoredFile

HEADERS = {
    "Accept-Ranges": "bytes",
    # The bytes behind an address never change; whoever may see them may keep them.
    "Cache-Control": f"private, max-age={7 * 24 * 3600}, immutable",
    # Even a file that is two things at once is only the one we say, and runs nothing. (Tried in
    # Chromium: pictures open in a tab of their own, videos only inside our pages.)
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# RFC 5987, `attr-char`.
PLAIN = "!#$&+-.^_`|~"


def answer_with(file: StoredFile, kind: FileType, name: str) -> Response:
    """200, or 206 and 416 as the Range header asks, or 304 when the browser has it already."""
    etag = f'"{file.sha256}"'
    headers = HEADERS | {"ETag": etag, "Content-Disposition": _disposition(kind, name)}
    if not is_resource_modified(request.environ, etag=etag):
        return Response(status=304, headers=headers)
    start, stop, status = _asked(file.size, etag)
    if status == 416:
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response(status=416, headers=headers)
    content = iter(()) if request.method == "HEAD" else storage.read(file.id, start, stop)
    response = Response(content, status, headers, mimetype=kind.mime_type)
    response.content_length = stop - start
    if status == 206:
        response.content_range = ContentRange("bytes", start, stop, file.size)
    return response


def _asked(size: int, etag: str) -> tuple[int, int, int]:
    """First byte, byte after the last, and status (RFC 9110 §14). Several ranges at once, or those
    of another version, are answered with the whole file, as it allows."""
    asked = request.range if request.method == "GET" else None
    is_same = request.headers.get("If-Range", etag) == etag
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not is_same:
        return 0, size, 200
    first, end = asked.ranges[0]
    # "The last 500 bytes" of a shorter file are all of it, which werkzeug has not heard of.
    start, stop = max(0, size + first) if first < 0 else first, min(size, end or size)
    return (start, stop, 206) if start < stop else (0, 0, 416)


def _disposition(kind: FileType, name: str) -> str:
    """RFC 6266: a plain name for old clients, the real one for all others."""
    way = "inline" if kind.opens_inline else "attachment"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=PLAIN)}"
