"""Pages of any size: the same in every run, whole when walked, alive when somebody writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from inbox.simulator.generated_counts import mark
from inbox.simulator.generated_page import GeneratedPage
from inbox.simulator.server import Simulator
from tests.bounds import eventually
from tests.simulator.graph import Graph, error
from tests.simulator.receiver import Receiver

FIELDS = (
    "id,updated_time,participants,messages.limit(40){id,message,created_time,from,to,"
    "attachments{mime_type,image_data{url}},reactions,story,shares}"
)


@pytest.fixture
def page(meta: Simulator) -> GeneratedPage:
    return meta.generate(threads=120, mean=20, sigma=0.9, seed=4, instagram_share=0.3)


def pages(graph: Graph, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Every page of a listing, until there is no `next`."""
    while True:
        answer = graph.get(path, **query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        yield body
        if "next" not in body.get("paging", {}):
            return
        query["after"] = body["paging"]["cursors"]["after"]


def walk(graph: Graph, platform: str) -> dict[str, list[dict[str, Any]]]:
    """All messages by thread, newest first, as a client would gather them."""
    found: dict[str, list[dict[str, Any]]] = {}
    query = {"platform": platform, "fields": FIELDS, "limit": 30}
    for listed in pages(graph, "/10050/conversations", **query):
        for thread in listed["data"]:
            assert thread["id"] not in found, "no thread twice"
            rows = found.setdefault(thread["id"], list(thread["messages"]["data"]))
            paging = thread["messages"].get("paging", {})
            if "next" in paging:
                more = {"fields": "id,message", "after": paging["cursors"]["after"], "limit": 100}
                for body in pages(graph, f"/{thread['id']}/messages", **more):
                    rows += body["data"]
    return found


def sums(meta: Simulator) -> dict[str, Any]:
    answer = requests.get(f"{meta.url}/simulator/generated/10050", timeout=20)
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_walk_finds_everything_once(
    meta: Simulator, graph: Graph, page: GeneratedPage, platform: str
) -> None:
    told = sums(meta)["platforms"][platform]
    found = walk(graph, platform)
    mids = [row["id"] for rows in found.values() for row in rows]
    detailed = [row["id"] for rows in found.values() for row in rows if "message" in row]
    assert len(found) == told["threads"] == {"messenger": 84, "instagram": 36}[platform]
    assert len(mids) == len(set(mids)) == told["messages"]
    assert str(sum(map(mark, mids))) == told["checksum"]
    assert len(detailed) == told["detailed"]
    assert str(sum(map(mark, detailed))) == told["detailedChecksum"]
    assert (told["detailed"] < told["messages"]) is (platform == "instagram")


def test_it_is_the_same_for_the_same_seed_and_another_for_another(meta: Simulator) -> None:
    seen = []
    for seed in (4, 4, 5):
        meta.generate(threads=50, seed=seed)
        seen.append(sums(meta)["checksum"])
    assert seen[0] == seen[1] != seen[2]


def test_lengths_spread_as_asked(meta: Simulator) -> None:
    page = meta.generate(threads=4000, mean=35, sigma=0.9)
    lengths = sorted(page.length(n) for n in range(4000))
    assert 33 < sum(lengths) / 4000 < 37
    assert 21 < lengths[2000] < 25, "the median is mean / exp(sigma² / 2)"
    assert lengths[-1] > 400
    updated = [page.updated_ms(n) for n in range(4000)]
    assert updated == sorted(updated, reverse=True)


def test_a_thread_reads_like_a_talk(graph: Graph, page: GeneratedPage) -> None:
    (first, *_) = graph.get("/10050/conversations", fields=FIELDS, limit=1).json()["data"]
    person, shop = first["participants"]["data"]
    assert shop["id"] == "10050"
    rows = first["messages"]["data"]
    assert {row["from"]["id"] for row in rows} == {person["id"], "10050"}
    assert rows[0]["created_time"] == first["updated_time"]
    times = [row["created_time"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert all("{" not in row["message"] for row in rows)


def test_some_show_files_reactions_and_stories(graph: Graph, page: GeneratedPage) -> None:
    rows = [r for p in ("messenger", "instagram") for t in walk(graph, p).values() for r in t]
    pictures = [row["attachments"]["data"][0] for row in rows if "attachments" in row]
    urls = {each["image_data"]["url"] for each in pictures if "image_data" in each}
    assert len(urls) > 10, "each file has an address of its own"
    assert requests.get(urls.pop(), timeout=10).headers["Content-Type"] == "image/png"
    assert any("reactions" in row for row in rows)
    assert any("story" in row for row in rows)


def test_people_threads_and_messages_are_found_by_their_ids(
    meta: Simulator, graph: Graph, page: GeneratedPage
) -> None:
    for platform in ("messenger", "instagram"):
        fields = "participants,messages.limit(3)"
        query = {"platform": platform, "fields": fields, "limit": 1}
        (thread,) = graph.get("/10050/conversations", **query).json()["data"]
        person = thread["participants"]["data"][0]
        profile = graph.get(f"/{person['id']}", fields="name,profile_pic").json()
        assert profile["name"]
        picture = requests.get(profile["profile_pic"], timeout=10)
        assert picture.content.startswith(b"\x89PNG")
        own = graph.get("/10050/conversations", platform=platform, user_id=person["id"])
        assert [row["id"] for row in own.json()["data"]] == [thread["id"]]
        assert graph.get(f"/{thread['id']}").json()["id"] == thread["id"]
        for row in thread["messages"]["data"]:
            message = graph.get(f"/{row['id']}", fields="created_time").json()
            assert message == row
    assert not meta.world.people, "reading keeps nobody in memory"
    assert error(graph.get("/m_nothing")) == (100, 33)


def test_who_writes_moves_to_the_top_and_nothing_is_lost(
    meta: Simulator, graph: Graph, page: GeneratedPage, receiver: Receiver
) -> None:
    before, listed = sums(meta), graph.get("/10050/conversations", limit=10).json()
    person = page.make_person(page.nth("messenger", 50))
    unchanged = graph.get(f"/{person.thread_id}/messages", fields="message,reactions,to").json()
    mid = meta.says(person.id, "one more thing")
    eventually(lambda: receiver.texts() == ["one more thing"])
    top = graph.get("/10050/conversations", limit=1).json()["data"]
    assert [row["id"] for row in top] == [person.thread_id]
    newest, *others = graph.get(
        f"/{person.thread_id}/messages", fields="message,reactions,to", limit=26
    ).json()["data"]
    assert newest["id"] == mid
    assert others == unchanged["data"], "what was made up before has become the thread's past"
    after = listed["paging"]["cursors"]["after"]
    rest = [
        row["id"]
        for body in pages(graph, "/10050/conversations", after=after, limit=50)
        for row in body["data"]
    ]
    assert len(rest) == 84 - 10 - 1, "a walk that has begun misses who moved, and nobody else"
    now = sums(meta)
    assert (now["threads"], now["messages"]) == (before["threads"], before["messages"] + 1)
    assert int(now["checksum"]) == int(before["checksum"]) + mark(mid)


def test_generated_people_can_be_answered_once_they_have_written(
    meta: Simulator, graph: Graph, page: GeneratedPage
) -> None:
    person = page.make_person(3)
    assert error(graph.send(person))[0] == 10, "the last word was said weeks ago"
    meta.says(person.id, "hej")
    sent = graph.send(person).json()["message_id"]
    (newest,) = graph.get(f"/{person.thread_id}/messages", limit=1).json()["data"]
    assert newest["id"] == sent


def test_the_fewest_calls_follow_from_the_lengths(meta: Simulator, page: GeneratedPage) -> None:
    address = f"{meta.url}/simulator/generated/10050/fewest_calls"
    told = requests.get(address, params={"per_call": 10, "budget": 100}, timeout=20).json()
    lengths = [page.length(page.nth("messenger", k)) for k in range(84)]
    further = sum(-(-max(0, length - 10) // 10) for length in lengths)
    assert told["messenger"]["calls"] == 9 + further
    on_instagram = [min(20, page.length(page.nth("instagram", k))) for k in range(36)]
    assert told["instagram"]["calls"] == 4 + sum(length > 10 for length in on_instagram)
    assert told["calls"] == told["messenger"]["calls"] + told["instagram"]["calls"]
    assert told["foreseen"] < told["calls"], "with all lengths known beforehand"


def test_knowing_all_lengths_helps_little(meta: Simulator) -> None:
    meta.generate(threads=50, mean=10, sigma=0, instagram_share=0)
    address = f"{meta.url}/simulator/generated/10050/fewest_calls"
    told = requests.get(address, params={"budget": 100, "per_call": 50}, timeout=20).json()
    assert told["messenger"]["calls"] == 25, "two threads of 50 messages at once"
    assert told["messenger"]["foreseen"] == 5, "ten threads of 10 messages at once"


def test_a_page_is_filled_by_http(meta: Simulator) -> None:
    address = f"{meta.url}/simulator/generated/10050"
    made = requests.post(address, json={"threads": 7, "instagram_share": 1}, timeout=10).json()
    assert made["threads"] == 7
    assert sums(meta)["platforms"]["instagram"]["threads"] == 7
    people = requests.get(f"{address}/people", params={"count": 3}, timeout=10).json()
    assert {each["platform"] for each in people} == {"instagram"}
    assert requests.post(address, json={"size": 7}, timeout=10).status_code == 400
    assert requests.get(f"{meta.url}/simulator/generated/1", timeout=10).status_code == 404
