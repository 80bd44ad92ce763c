"""Graph API field expansion: `id,messages.limit(5){id,from}` (Graph API, "Field expansion")."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from inbox.simulator.graph_errors import GraphError, nonexisting_field

TOKEN = re.compile(r"\s*([A-Za-z_]\w*|\.|\{|\}|,|\(([^()]*)\))\s*")


@dataclass
class Field:
    """One requested field with its modifiers and its own requested fields."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    fields: list["Field"] = field(default_factory=list)

    @cached_property
    def inner(self) -> str:
        """The fields between its braces, as they were written."""
        return ",".join(each.text() for each in self.fields)

    def text(self) -> str:
        arguments = "".join(f".{name}({value})" for name, value in self.arguments.items())
        return f"{self.name}{arguments}" + (f"{{{self.inner}}}" if self.fields else "")


Reader = Callable[[Field], Any]


def parse_fields(text: str) -> list[Field]:
    """Read the `fields` parameter (GraphError 2500 when it cannot be read)."""
    tokens = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise _syntax_error(text)
        tokens.append(match.group(1))
        position = match.end()
    parsed, rest = _list(tokens, text)
    if rest:
        raise _syntax_error(text)
    return parsed


def project(
    fields: Iterable[Field], readers: Mapping[str, Reader], node_type: str
) -> dict[str, Any]:
    """The requested fields and `id`; what is absent (None) has no key; unknown ones get 100."""
    shown: dict[str, Any] = {}
    for each in fields:
        if each.name not in readers:
            raise nonexisting_field(each.name, node_type)
        value = readers[each.name](each)
        if value is not None:
            shown[each.name] = value
    if "id" in readers:
        shown["id"] = readers["id"](Field("id"))
    return shown


def picked(value: Any, wanted: Field) -> Any:
    """A ready value, or of each of its rows the requested fields and `id`, however deep."""
    if not wanted.fields or not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return value | {"data": [picked(row, wanted) for row in value["data"]]}
    names = {each.name: each for each in wanted.fields}
    return {
        key: picked(part, names[key]) if key in names else part
        for key, part in value.items()
        if key in names or key == "id"
    }


def _list(tokens: list[str], text: str) -> tuple[list[Field], list[str]]:
    fields: list[Field] = []
    while tokens and tokens[0] != "}":
        made, tokens = _field(tokens, text)
        fields.append(made)
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
    return fields, tokens


def _field(tokens: list[str], text: str) -> tuple[Field, list[str]]:
    made = Field(tokens[0])
    if not made.name[0].isalpha():
        raise _syntax_error(text)
    tokens = tokens[1:]
    while tokens and tokens[0] == ".":
        if len(tokens) < 3 or not tokens[2].startswith("("):
            raise _syntax_error(text)
        made.arguments[tokens[1]] = tokens[2][1:-1].strip()
        tokens = tokens[3:]
    if tokens and tokens[0] == "{":
        made.fields, tokens = _list(tokens[1:], text)
        if not tokens:
            raise _syntax_error(text)
        tokens = tokens[1:]
    return made, tokens


def _syntax_error(text: str) -> GraphError:
    return GraphError(2500, f'Syntax error "Expected end of string" at fields {text[:60]!r}')
