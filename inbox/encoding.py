"""JSON as the server writes it, in answers and events: a screen full of bubbles in a tenth of the
standard library's time.

What others send us is read by the standard library, whose errors and limits the doors know.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask.json.provider import JSONProvider


def encoded(value: object, option: int | None = None) -> bytes:
    """Compact JSON in UTF-8. Raises TypeError for what JSON cannot hold."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:  # an integer past 64 bits, which what customers send may hold
        return json.dumps(value).encode()


class AnswersInJson(JSONProvider):
    """Flask's `app.json`."""

    def dumps(self, obj: Any, *, sort_keys: bool = False, **_: Any) -> str:
        return encoded(obj, orjson.OPT_SORT_KEYS if sort_keys else None).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return json.loads(s, **kwargs)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        body: Any = encoded(self._prepare_response_obj(args, kwargs))  # bytes, as WSGI wants them
        return self._app.response_class(body, mimetype="application/json")
