"""Many calls in one request: each counts, each fails by itself."""

from __future__ import annotations

import json
from typing import Any

import requests

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.graph import Graph, error


def batch(graph: Graph, *urls: str, **more: Any) -> list[dict[str, Any] | None]:
    items = [{"method": "GET", "relative_url": url} for url in urls]
    answer = graph.post("/", {"batch": items} | more)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any] | None] = answer.json()
    return rows


def test_each_item_has_its_own_answer(meta: Simulator, graph: Graph, eva: Person) -> None:
    mid = meta.says(eva, "hej")
    thread = meta.world.thread_with(eva).id
    listed, lost, me = batch(
        graph, f"v26.0/{thread}/messages?fields=message&limit=5", "/nothing", "me?fields=name"
    )
    assert listed
    assert lost
    assert me
    assert json.loads(listed["body"])["data"] == [{"id": mid, "message": "hej"}]
    assert (lost["code"], json.loads(lost["body"])["error"]["code"]) == (400, 100)
    assert json.loads(me["body"])["name"] == meta.page.name
    names = {header["name"] for header in me["headers"]}
    assert "X-Business-Use-Case-Usage" in names


def test_it_also_comes_as_a_form(meta: Simulator, eva: Person) -> None:
    items = json.dumps([{"method": "GET", "relative_url": eva.id}])
    form = {"batch": items, "access_token": "page-token", "include_headers": "false"}
    (row,) = requests.post(f"{meta.url}/v26.0", data=form, timeout=10).json()
    assert set(row) == {"code", "body"}
    assert json.loads(row["body"])["id"] == eva.id


def test_an_item_may_have_its_own_token(meta: Simulator, graph: Graph) -> None:
    other = meta.add_page(PageSettings(id="20077", name="Other", token="t2"))
    items = [{"relative_url": "me", "access_token": "t2"}, {"relative_url": "me?access_token=no"}]
    mine, refused = graph.post("/", {"batch": items}).json()
    assert json.loads(mine["body"])["id"] == other.id
    assert json.loads(refused["body"])["error"]["code"] == 190


def test_each_counts_as_a_call(meta: Simulator, graph: Graph) -> None:
    meta.limits.law_per_second, meta.limits.law_burst = 0.001, 2
    rows = batch(graph, *["10050/conversations"] * 4)
    assert [row and row["code"] for row in rows] == [200, 200, 400, 400]
    assert len(meta.calls) == 4


def test_fifty_at_most(graph: Graph) -> None:
    assert len(batch(graph, *["me"] * 50)) == 50
    answer = graph.post("/", {"batch": [{"relative_url": "me"}] * 51})
    assert error(answer) == (100, None)


def test_an_item_whose_line_breaks_is_null(meta: Simulator, graph: Graph) -> None:
    meta.faults.next("me", "stall")
    assert [row is None for row in batch(graph, "10050", "me", "10050")] == [False, True, False]
