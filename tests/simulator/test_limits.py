"""Meta's laws: how much one answer holds, how many calls a second, and what the headers say."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.graph import Graph, error


def business(answer: requests.Response) -> dict[str, Any]:
    """The page's or account's row of the business usage header."""
    header = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    ((row,),) = header.values()
    return {"owner": next(iter(header)), **row}


def test_limits_are_25_by_default_and_100_at_most(meta: Simulator, graph: Graph) -> None:
    meta.generate(threads=130, mean=2, instagram_share=0)
    for given, rows in (({}, 25), ({"limit": 400}, 100), ({"limit": 7}, 7)):
        listed = graph.get("/10050/conversations", **given).json()
        assert len(listed["data"]) == rows
    meta.limits.greatest_limit = 50
    assert len(graph.get("/10050/conversations", limit=400).json()["data"]) == 50
    assert error(graph.get("/10050/conversations", limit=0)) == (100, None)


def test_since_and_until_change_nothing(meta: Simulator, graph: Graph, eva: Person) -> None:
    meta.says(eva, "hej")
    assert graph.get("/10050/conversations", since=1).json()["data"]
    assert graph.get("/10050/conversations", since=4_000_000_000).json()["data"]


def test_too_much_in_one_answer_is_refused(meta: Simulator, graph: Graph) -> None:
    meta.generate(threads=3, mean=2, instagram_share=0)
    fits = {"limit": 25, "fields": "messages.limit(100){id}"}
    assert graph.get("/10050/conversations", **fits).status_code == 200
    answer = graph.get("/10050/conversations", **fits | {"limit": 26})
    assert (answer.status_code, error(answer)) == (500, (1, None))
    assert "reduce the amount of data" in answer.json()["error"]["message"]
    meta.limits.budget = 2600
    assert graph.get("/10050/conversations", **fits | {"limit": 26}).status_code == 200


def test_a_long_thread_goes_on_where_the_list_stopped(meta: Simulator, graph: Graph) -> None:
    meta.generate(threads=1, mean=60, sigma=0, instagram_share=0)
    (thread,) = graph.get("/10050/conversations", fields="messages.limit(25){id,message}").json()[
        "data"
    ]
    mids = [row["id"] for row in thread["messages"]["data"]]
    rest = requests.get(thread["messages"]["paging"]["next"], timeout=10).json()
    assert all("message" in row for row in rest["data"]), "next holds the fields"
    mids += [row["id"] for row in rest["data"]]
    after = rest["paging"]["cursors"]["after"]
    inside = f"messages.limit(25).after({after}){{id}}"
    last = graph.get(f"/{thread['id']}", fields=inside).json()["messages"]
    mids += [row["id"] for row in last["data"]]
    assert len(set(mids)) == 60
    assert "next" not in last["paging"]


def test_a_cursor_grows_stale(meta: Simulator, graph: Graph) -> None:
    meta.generate(threads=9, mean=2, instagram_share=0)
    after = graph.get("/10050/conversations", limit=2).json()["paging"]["cursors"]["after"]
    assert graph.get("/10050/conversations", after=after).status_code == 200
    meta.clock.advance(meta.limits.cursor_life_s + 2)
    assert error(graph.get("/10050/conversations", after=after)) == (100, None)


def test_how_many_messages_have_details_can_be_set(
    meta: Simulator, graph: Graph, eva: Person, ines: Person
) -> None:
    for person in (eva, ines):
        for number in range(6):
            meta.says(person, str(number), at_ms=1790000000000 + number)
    meta.limits.instagram_detailed = meta.limits.messenger_detailed = 4
    for person in (eva, ines):
        path = f"/{meta.world.thread_with(person).id}/messages"
        rows = graph.get(path, fields="message", limit=3).json()
        after = rows["paging"]["cursors"]["after"]
        rest = graph.get(path, fields="message", after=after).json()["data"]
        assert ["message" in row for row in rows["data"] + rest] == [True] * 4 + [False] * 2
        assert error(graph.get(f"/{rest[-1]['id']}")) == (9000001, None)
        assert graph.get(f"/{rest[0]['id']}").status_code == 200


@pytest.mark.parametrize(
    ("platform", "code", "owner"),
    [("messenger", 80006, "10050"), ("instagram", 80002, "17841400000000001")],
)
def test_calls_beyond_the_law_are_refused(
    meta: Simulator, graph: Graph, platform: str, code: int, owner: str
) -> None:
    meta.limits.law_per_second, meta.limits.law_burst = 0.001, 3

    def call(of: str = platform) -> requests.Response:
        return graph.get("/10050/conversations", platform=of)

    assert [call().status_code for _ in range(3)] == [200] * 3
    refused = call()
    assert error(refused) == (code, None)
    told = business(refused)
    assert (told["owner"], told["type"]) == (owner, platform)
    assert (told["call_count"], told["estimated_time_to_regain_access"]) == (100, 1)
    other = "instagram" if platform == "messenger" else "messenger"
    assert call(other).status_code == 200, "each has a law of its own"
    assert graph.get("/me").status_code == 200, "and other calls none"


def test_reading_threads_and_messages_counts_too(
    meta: Simulator, graph: Graph, eva: Person
) -> None:
    mid = meta.says(eva, "hej")
    thread = meta.world.thread_with(eva).id
    meta.limits.law_per_second = 0.001
    for paths in ((f"/{thread}", f"/{mid}"), (f"/{thread}/messages", "/10050/conversations")):
        meta.law.forget()
        assert [graph.get(path).status_code for path in paths] == [200, 200]
        assert error(graph.get(paths[0])) == (80006, None)


def test_the_laws_time_can_run_faster(meta: Simulator, graph: Graph) -> None:
    meta.limits.law_per_second, meta.limits.law_burst, meta.limits.law_scale = 2, 1, 50

    def rate(calls: int) -> float:
        """Accepted calls per second."""
        started = time.monotonic()
        accepted = 0
        while accepted < calls:
            accepted += graph.get("/10050/conversations").status_code == 200
        return accepted / (time.monotonic() - started)

    assert rate(40) < 110, "100 a second, and one at once"
    meta.limits.law_penalty_s = 3600
    answers = [graph.get("/10050/conversations").status_code for _ in range(50)]
    assert answers[-10:] == [400] * 10, "who goes on calling stays refused"


def test_latency_holds_up_nobody_else(meta: Simulator, graph: Graph) -> None:
    meta.limits.latency_s = 0.5
    started = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        calls: list[Callable[[], requests.Response]] = [lambda: graph.get("/me")] * 12
        assert all(done.status_code == 200 for done in pool.map(lambda call: call(), calls))
    took = time.monotonic() - started
    assert 0.5 <= took < 5, "side by side, not 6 s one after the other"


def test_usage_grows_with_use(meta: Simulator, graph: Graph) -> None:
    meta.limits.calls_per_hour = 40
    shown = [business(graph.get("/10050/conversations"))["call_count"] for _ in range(20)]
    assert (shown[0], shown[-1]) == (2, 50)
    assert shown == sorted(shown)
    on_instagram = business(graph.get("/10050/conversations", platform="instagram"))
    assert (on_instagram["owner"], on_instagram["call_count"]) == ("17841400000000001", 2)
    meta.clock.advance(3660)
    assert business(graph.get("/10050/conversations"))["call_count"] == 2
    meta.limits.shown_usage = 97
    assert business(graph.get("/me"))["call_count"] == 97


def test_limits_are_changed_by_http_and_forgotten(meta: Simulator) -> None:
    address = f"{meta.url}/simulator/limits"
    changed = requests.patch(address, json={"law_per_second": 2, "budget": 100}, timeout=10).json()
    assert (changed["law_per_second"], changed["budget"]) == (2, 100)
    assert requests.patch(address, json={"speed": 1}, timeout=10).status_code == 400
    meta.forget()
    told = requests.get(address, timeout=10).json()
    assert (told["law_per_second"], told["budget"]) == (0, 2500)


def test_connections_stay_open(meta: Simulator, graph: Graph, eva: Person) -> None:
    with requests.Session() as session:
        session.params = {"access_token": "page-token"}
        ports = set()
        for _ in range(3):
            with session.get(f"{meta.url}/me", timeout=10, stream=True) as answer:
                ports.add(answer.raw.connection.sock.getsockname()[1])  # type: ignore[union-attr]  # urllib3 types it loosely
                assert answer.json()["id"] == "10050"
            body = {"recipient": {"id": "1"}, "message": {"text": "x" * 50_000}}
            refused = session.post(f"{meta.url}/nowhere", json=body, timeout=10)
            assert refused.status_code == 400, "its body was read nevertheless"
        assert len(ports) == 1
