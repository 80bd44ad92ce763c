"""What each of Meta's errors means for us."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.meta.errors import ErrorKind, from_answer
from inbox.meta.explanations import explain

KINDS: list[tuple[dict[str, Any], int, str]] = [
    ({"code": 190}, 400, "token"),
    ({"code": 190, "error_subcode": 460}, 401, "token"),
    ({"code": 102}, 400, "token"),
    *[({"code": code}, 400, "rate") for code in (4, 17, 32, 341, 613, 80001, 80002, 80006)],
    ({"code": 4, "error_subcode": 2018022, "is_transient": True}, 403, "rate"),
    ({"code": 613, "error_subcode": 1996}, 400, "rate"),
    ({"code": 9, "error_subcode": 2018352}, 400, "rate"),
    ({"code": 1}, 500, "transient"),
    ({"code": 2}, 500, "transient"),
    ({"code": 1200}, 400, "transient"),
    ({"code": 424242, "is_transient": True}, 400, "transient"),
    ({"code": 424242}, 503, "transient"),
    ({}, 429, "rate"),
    ({"code": 1, "error_subcode": 1357046}, 500, "unsure"),
    ({"code": 1, "message": "Please reduce the amount of data you're asking for"}, 500, "request"),
    ({"code": 368}, 400, "policy"),
    ({"code": 10}, 403, "permission"),
    ({"code": 3}, 400, "permission"),
    ({"code": 200}, 403, "permission"),
    ({"code": 230}, 400, "permission"),
    ({"code": 299}, 400, "permission"),
    ({"code": 200, "error_subcode": 2534041}, 400, "permission"),
    ({"code": 10, "error_subcode": 1893063}, 400, "permission"),
    ({"code": 1, "error_subcode": 99}, 400, "permission"),
    ({"code": 10, "error_subcode": 2018278}, 400, "window"),
    ({"code": 10, "error_subcode": 2534022}, 400, "window"),
    ({"code": 10, "error_subcode": 2018065}, 400, "window"),
    ({"code": 551}, 400, "recipient"),
    ({"code": 200, "error_subcode": 1545041}, 400, "recipient"),
    ({"code": 10, "error_subcode": 2018108}, 400, "recipient"),
    ({"code": 100, "error_subcode": 2018001}, 400, "recipient"),
    ({"code": 2018300}, 400, "thread"),
    ({"code": 100, "error_subcode": 2534037}, 400, "thread"),
    ({"code": 100}, 400, "request"),
    ({"code": 100, "error_subcode": 33}, 400, "request"),
    ({"code": 2500}, 400, "request"),
    ({"code": 104}, 400, "request"),
    ({"code": 9000001}, 400, "request"),
    ({}, 400, "request"),
    ({"code": "190", "error_subcode": "460"}, 400, "token"),
    ({"code": [], "error_subcode": {}}, 400, "request"),
]


@pytest.mark.parametrize(("error", "status", "kind"), KINDS)
def test_an_error_is_classed_by_its_codes(error: dict[str, Any], status: int, kind: str) -> None:
    assert from_answer(error, status, None).kind == kind


def test_every_kind_explains_itself_and_says_whether_it_passes() -> None:
    seen = set()
    for answer, status, _ in KINDS:
        error = from_answer({"message": "m", **answer}, status, None)
        seen.add(error.kind)
        assert len(explain(error)) > 20
        assert error.permanent == (error.kind not in ("rate", "transient", "unsure"))
    assert seen == set(ErrorKind)


def test_the_label_is_what_an_operator_looks_up() -> None:
    assert from_answer({"code": 10, "error_subcode": 2018278}, 400, None).label == "10/2018278"
    assert from_answer({"code": 190}, 400, None).label == "190"
    assert from_answer({}, 500, None).label == "transient"
