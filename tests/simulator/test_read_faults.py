"""Planned misbehaviour of the reading side: cursors, broken threads, broken lines, dead tokens."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
import requests

from inbox.simulator.generated_page import GeneratedPage
from inbox.simulator.server import Simulator
from tests.simulator.graph import Graph, error


@pytest.fixture
def page(meta: Simulator) -> GeneratedPage:
    return meta.generate(threads=12, mean=3, instagram_share=0)


def listed(graph: Graph, **query: Any) -> dict[str, Any]:
    answer = graph.get("/10050/conversations", **{"limit": 4} | query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def walk(graph: Graph, most: int = 20) -> list[list[str]]:
    """The ids of every page, following `after` while there is `next`."""
    found: list[list[str]] = []
    query: dict[str, Any] = {}
    for _ in range(most):
        body = listed(graph, **query)
        found.append([row["id"] for row in body["data"]])
        if "next" not in body.get("paging", {}):
            break
        query = {"after": body["paging"]["cursors"]["after"]}
    return found


def test_an_empty_page_in_the_middle(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    whole = walk(graph)
    meta.faults.next("conversations", "empty_page", after=1)
    holed = walk(graph)
    assert [len(ids) for ids in holed] == [4, 0, 4, 4]
    assert list(chain(*holed)) == list(chain(*whole))
    meta.faults.next("conversations", "empty_page")
    assert [len(ids) for ids in walk(graph)] == [0, 4, 4, 4]


def test_a_short_page(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    whole = walk(graph)
    meta.faults.next("conversations", "short_page", after=1)
    short = walk(graph)
    assert [len(ids) for ids in short] == [4, 1, 4, 3]
    assert list(chain(*short)) == list(chain(*whole))


def test_a_cursor_that_is_refused_spares_calls_without_one(
    meta: Simulator, graph: Graph, page: GeneratedPage
) -> None:
    after = listed(graph)["paging"]["cursors"]["after"]
    meta.faults.next("conversations", "stale_cursor")
    listed(graph)
    assert error(graph.get("/10050/conversations", after=after)) == (100, None)
    listed(graph, after=after)


def test_a_cursor_that_leads_back(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    meta.faults.next("conversations", "repeating_cursor", after=1)
    repeated = walk(graph)
    assert repeated[1] == repeated[2]
    assert len(repeated) == 4
    meta.faults.next("conversations", "repeating_cursor", times=None)
    assert len(walk(graph)) == 20, "for ever, if so planned"


def test_messages_have_such_pages_too(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    meta.generate(threads=1, mean=9, sigma=0, instagram_share=0)
    path = f"/{listed(graph)['data'][0]['id']}/messages"
    meta.faults.next("messages", "empty_page")
    empty = graph.get(path, limit=5).json()
    assert (empty["data"], "next" in empty["paging"]) == ([], True)
    after = empty["paging"]["cursors"]["after"]
    assert len(graph.get(path, limit=5, after=after).json()["data"]) == 5


def test_one_broken_thread(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    broken = page.make_person(2)
    meta.faults.next("any", "broken_thread", person_id=broken.id, times=None, code=2)
    for query in ({"fields": "messages{id}"}, {"fields": "messages{id}", "user_id": broken.id}):
        answer = graph.get("/10050/conversations", **query)
        assert (answer.status_code, error(answer)) == (500, (2, None))
    assert error(graph.get(f"/{broken.thread_id}/messages")) == (2, None)
    assert error(graph.get(f"/{broken.thread_id}", fields="messages{id}")) == (2, None)
    other = page.make_person(3).thread_id
    assert graph.get(f"/{other}/messages").status_code == 200
    assert len(walk(graph)) == 3, "a list without messages still names it"
    meta.faults.clear()
    meta.faults.next("any", "broken_thread", person_id=broken.id, slim=True, code=100, status=400)
    assert error(graph.get("/10050/conversations")) == (100, None)
    with pytest.raises(ValueError, match="person_id"):
        meta.faults.next("any", "broken_thread")


def test_the_token_dies_after_some_calls(
    meta: Simulator, graph: Graph, page: GeneratedPage
) -> None:
    meta.faults.next("conversations", "revoke", after=2, subcode=458)
    statuses = [graph.get("/10050/conversations").status_code for _ in range(4)]
    assert statuses == [200, 200, 400, 400]
    assert error(graph.get("/me")) == (190, 458)


def test_lines_that_break(meta: Simulator, graph: Graph, page: GeneratedPage) -> None:
    meta.faults.next("conversations", "reset")
    with pytest.raises(requests.ConnectionError, match="reset"):
        graph.get("/10050/conversations")
    meta.faults.next("conversations", "cut_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        graph.get("/10050/conversations")
    meta.faults.next("conversations", "bad_gateway", status=503)
    answer = graph.get("/10050/conversations")
    assert (answer.status_code, answer.text[:6]) == (503, "<html>")
    listed(graph)
