"""What an address of the list cannot mean."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.cast import Browser


def cursor_of(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


ODD: list[dict[str, Any]] = [
    {"status": "new"},
    {"platform": "WHATSAPP"},
    {"pageId": "x"},
    {"stageId": "1;2"},
    {"pipelineId": "²"},
    {"scoreMin": "-1"},
    {"scoreMax": "101"},
    {"scoreMin": "9" * 5000},
    {"tagId": "x"},
    {"tagId": ["1"] * 11},
    {"assignee": "-1"},
    {"lastInteraction": "0x10"},
    {"lastInteraction": "99999"},
    {"analysis": "MAYBE"},
    {"sort": "name"},
    {"limit": "101"},
    {"cursor": "x"},
    {"cursor": "W3RydWUsOTk5LDFd"},
    {"cursor": "W2ZhbHNlLDk5OTk5OTk5OTk5OTk5OTk5OTk5LDFd"},
    {"cursor": "W1tbW10="},
    {"cursor": cursor_of(["name", 5, 1])},
    {"cursor": cursor_of(["name", "\ud800", 1])},
    {"cursor": cursor_of(["name", "a\x00", 1])},
    {"cursor": cursor_of(["score", 101, 1])},
    {"cursor": cursor_of(["score", 50, "1"])},
    {"cursor": cursor_of(["moment", 10**30, 1])},
    {"cursor": cursor_of(["moment", 1, -1])},
    {"cursor": cursor_of(["colour", 1, 1])},
    {"cursor": cursor_of({"name": 1})},
]


def test_what_cannot_be_meant_is_named_and_the_screen_starts_over(alice: Browser) -> None:
    for query in ODD:
        answer = alice.get("/api/contacts", query_string=query)
        assert answer.status_code == 422, query
        assert list(answer.get_json()["error"]["fields"]) == list(query)
        if not {"limit", "cursor"} & query.keys():
            assert alice.get("/contacts", query_string=query).status_code == 302


FOREIGN: list[tuple[str, list[Any]]] = [
    ("RECENT", ["name", "anna", 1]),
    ("SILENT", ["name", "anna", 1]),
    ("SCORE", ["name", "anna", 1]),
    ("RECENT", ["score", 50, 1]),
    ("NAME", ["score", 50, 1]),
    ("NAME", ["moment", 1, 1]),
    ("SCORE", ["score", True, 1]),
    ("SCORE", ["score", 101, 1]),
    ("SCORE", ["score", 50, True]),
    ("RECENT", ["moment", True, 1]),
    ("NAME", ["name", "a\x00", 1]),
]


@pytest.mark.parametrize(("sort", "place"), FOREIGN)
def test_a_cursor_of_another_order_is_named(alice: Browser, sort: str, place: list[Any]) -> None:
    query = {"sort": sort, "cursor": cursor_of(place)}
    answer = alice.get("/api/contacts", query_string=query)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == ["cursor"]
