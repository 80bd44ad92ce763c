"""What a request asks to change, read field by field; what cannot be taken is named.

    with submitted() as form:
        name = form.text("name", most=80)
        role = form.choice("role", Role)

Leaving the block raises `Invalid` with every field that was missing, of another type, too long,
or not asked for: a field that no line reads is refused, so that nobody sets what a door does not
offer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

from flask import request

from inbox.web.api.parameters import LONGEST_NUMBER, json_object
from inbox.web.errors import Invalid

E = TypeVar("E", bound=StrEnum)

MOST_NAME = 80
MOST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
LEAST_PASSWORD = 8
MOST_PASSWORD = 200
NOT_A_FIELD = {"csrf_token"}
# They turn the reading direction of what follows: a name could pose as another.
DIRECTION_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Form:
    """Read it through `submitted`. Each reader answers a value of its type even when it found a
    fault; the fault is raised at the end of the block."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self._read: set[str] = set()
        self.faults: dict[str, str] = {}

    def text(self, name: str, *, most: int, optional: bool = False) -> str:
        """One line, without spaces around it; "" only when it is optional."""
        value = self._string(name).strip()
        if value == "" and not optional:
            self._fault(name, "This is needed.")
        elif len(value) > most:
            self._fault(name, f"This is too long: {most} characters at the most.")
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number, as it was typed."""
        value = self._string(name).strip()
        is_number = value.isascii() and value.isdigit() and len(value) < LONGEST_NUMBER
        if not is_number or not least <= int(value) <= most:
            self._fault(name, f"This must be a whole number from {least} to {most}.")
            return least
        return int(value)

    def email(self, name: str) -> str:
        value = self.text(name, most=MOST_EMAIL)
        local, at, host = value.rpartition("@")
        if value and not (local and at and host and not any(c.isspace() for c in value)):
            self._fault(name, "This is not an e-mail address.")
        return value

    def new_password(self, name: str, *, repeated: str) -> str:
        """A password that is being chosen, typed twice."""
        value, again = self.secret(name), self.secret(repeated)
        if value and len(value) < LEAST_PASSWORD:
            self._fault(name, f"Use at least {LEAST_PASSWORD} characters.")
        elif value != again:
            self._fault(repeated, "This is not the same password.")
        return value

    def secret(self, name: str, *, optional: bool = False) -> str:
        """A password or token as it was typed, spaces and all."""
        value = self._string(name)
        if value == "" and not optional:
            self._fault(name, "This is needed.")
        elif len(value) > MOST_PASSWORD:
            self._fault(name, f"This is too long: {MOST_PASSWORD} characters at the most.")
        return value

    def choice(self, name: str, choices: type[E]) -> E:
        value = self._string(name)
        if value not in choices.__members__:
            self._fault(name, f"Choose one of {', '.join(choices)}.")
            return next(iter(choices))
        return choices(value)

    def several(self, name: str) -> set[str]:
        """The values of boxes that were ticked, none to many."""
        self._read.add(name)
        given = self._values.get(name, [])
        values = given if isinstance(given, list) else [given]
        if all(isinstance(value, str) for value in values):
            return set(values)
        self._fault(name, "This must be a list of texts.")
        return set()

    def ticked(self, name: str) -> bool:
        """One box, which a browser sends only when it is ticked."""
        return self._string(name) != ""

    def close(self) -> None:
        """Raises `Invalid` when anything was wrong."""
        for name in self._values.keys() - self._read - NOT_A_FIELD:
            self._fault(name, "This cannot be set here.")
        if self.faults:
            raise Invalid(**self.faults)

    def _string(self, name: str) -> str:
        self._read.add(name)
        value = self._values.get(name, "")
        if not isinstance(value, str):
            self._fault(name, "This must be text.")
            return ""
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
            self._fault(name, "This holds characters that cannot be used.")
            return ""
        if DIRECTION_OVERRIDES & set(value):
            self._fault(name, "This holds characters that cannot be used.")
        return value

    def _fault(self, name: str, message: str) -> None:
        self.faults.setdefault(name, message)


@contextmanager
def submitted() -> Iterator[Form]:
    """The JSON object of this request, or its form fields. Raises `Invalid`."""
    form = Form(json_object() if request.is_json else _form_fields())
    yield form
    form.close()


def _form_fields() -> Mapping[str, object]:
    """A field that was sent twice is a list, and so refused where text is expected."""
    lists = request.form.lists()
    return {name: values[0] if len(values) == 1 else values for name, values in lists}
