"""One request to the Graph API: its path, parameters and token, however they were sent."""

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Request

from inbox.simulator.faults import Fault

VERSION = re.compile(r"v\d+\.\d+")


@dataclass(frozen=True)
class GraphCall:
    method: str
    segments: tuple[str, ...]
    """Path without the version, such as `("10050", "messages")`."""
    arguments: dict[str, Any]
    """Query, form and JSON body together; JSON inside form fields is decoded."""
    token: str
    base_url: str
    version: str
    fault: Fault | None = None
    """What a test has planned for this call."""

    def address(self, *path: str) -> str:
        """The whole address of a path, as `paging.next` gives it."""
        return "/".join([self.base_url, *([self.version] if self.version else []), *path])

    @property
    def edge(self) -> str:
        return self.segments[1] if len(self.segments) > 1 else ""

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)


def split_path(path: str) -> tuple[tuple[str, ...], str]:
    """The parts of a path, and the version before them (empty if there is none)."""
    segments = [part for part in path.split("/") if part]
    version = segments.pop(0) if segments and VERSION.fullmatch(segments[0]) else ""
    return tuple(segments), version


def read_call(request: Request) -> GraphCall:
    segments, version = split_path(request.path)
    arguments: dict[str, Any] = {**request.args.to_dict(), **_decoded(request.form.to_dict())}
    body = request.get_json(silent=True)
    if isinstance(body, dict):
        arguments |= body
    token = str(arguments.pop("access_token", "") or _bearer(request))
    base_url = request.host_url.rstrip("/")
    return GraphCall(request.method, segments, arguments, token, base_url, version)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme in ("Bearer", "OAuth") else ""


def _decoded(form: dict[str, str]) -> dict[str, Any]:
    """Form fields that hold objects come as JSON text: recipient, message, reply_to."""
    decoded: dict[str, Any] = {}
    for name, value in form.items():
        decoded[name] = value
        if value[:1] in "{[":
            try:
                decoded[name] = json.loads(value)
            except ValueError:
                decoded[name] = value
    return decoded
