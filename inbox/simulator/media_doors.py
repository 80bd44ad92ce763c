"""`/simulator/media/…`: the bytes behind attachment URLs, and how they may go wrong."""

import secrets
from collections.abc import Iterator

from flask import Blueprint, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from inbox.simulator.media import UPLOAD, MediaFile
from inbox.simulator.pretend import PretendMeta

PIECE = 64 * 1024


def media_doors(meta: PretendMeta) -> Blueprint:
    """Any file takes switches in its query: `status=403`, `redirect=URL`, `type=text/html`,
    `size=BYTES` (streams zeros after it), `seconds=N` (drips), `length=BYTES` (lies)."""
    doors = Blueprint("media", __name__)

    @doors.get("/simulator/media/<name>")
    def show(name: str) -> AnyResponse:
        if "redirect" in request.args:
            return redirect(request.args["redirect"], 302)
        if "status" in request.args:
            abort(int(request.args["status"]))
        file = meta.media.get(name)
        if file is None:
            abort(404)
        return _answer(meta, file)

    @doors.post("/simulator/media")
    def keep() -> Response:
        upload = request.files.get("file")
        if upload is None:
            abort(400)
        ending = (upload.filename or "").rsplit(".", 1)[-1].lower()[:8]
        name = f"{UPLOAD}{secrets.token_hex(6)}.{ending}"
        meta.media.add(name, upload.read(), upload.mimetype)
        return jsonify(name=name, url=meta.media_url(name))

    return doors


def _answer(meta: PretendMeta, file: MediaFile) -> AnyResponse:
    body: bytes | Iterator[bytes] = file.content
    if "size" in request.args:
        body = _padded(file.content, int(request.args["size"]))
    elif "seconds" in request.args:
        body = _dripping(meta, file.content, float(request.args["seconds"]))
    response = Response(body, mimetype=request.args.get("type", file.mime_type))
    if "length" in request.args:
        response.content_length = int(request.args["length"])
    if isinstance(body, bytes):
        # Players ask for parts of a video, and refuse to seek without them.
        return response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response


def _padded(content: bytes, size: int) -> Iterator[bytes]:
    yield content[:size]
    left = size - len(content)
    while left > 0:
        yield bytes(min(PIECE, left))
        left -= PIECE


def _dripping(meta: PretendMeta, content: bytes, seconds: float) -> Iterator[bytes]:
    step = max(1, len(content) // 20)
    for position in range(0, len(content), step):
        meta.stopping.wait(seconds / 20)
        yield content[position : position + step]
