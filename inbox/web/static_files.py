"""Scripts, styles and icons."""

from __future__ import annotations

from flask import Blueprint, Response, send_from_directory

from inbox.assets import static

blueprint = Blueprint("static_files", __name__)

A_YEAR = 365 * 24 * 3600


@blueprint.get("/static/<path:filename>")
def static_file(filename: str) -> Response:
    """`v-…/name` of our own version is kept for a year without asking. Under another version, as
    pages ask for during a deployment, and without any, a file is as new as we have it, and asked
    for again."""
    first, _, rest = filename.partition("/")
    name = rest if first.startswith("v-") else filename
    response = send_from_directory(static.path, name)
    if first == static.version():
        response.cache_control.max_age = A_YEAR
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    return response
