"""Two calls a second for a Page, and two for its Instagram account, whoever makes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from flask import Flask
from redis import Redis

from inbox.meta.past.law import Law
from inbox.meta.usage import Usage
from inbox.redis_client import connect
from tests.sync.conftest import Shop


@pytest.fixture
def law(redis: Redis) -> Law:
    redis.delete("inbox-law:here")
    return Law(redis, "here", calls_per_second=10)


def test_turns_of_all_workers_follow_each_other(law: Law, redis: Redis) -> None:
    other = Law(redis, "here", calls_per_second=10)
    elsewhere = Law(redis, "elsewhere", calls_per_second=10)
    with ThreadPoolExecutor(4) as pool:
        waits = sorted(pool.map(lambda n: (law, other)[n % 2].wait_seconds(), range(8)))
    assert waits[0] == 0
    for earlier, later in pairwise(waits):
        assert 0.05 < later - earlier < 0.15
    assert elsewhere.wait_seconds() == 0


def test_a_turn_too_far_away_is_left_to_others(law: Law) -> None:
    for _ in range(5):
        law.wait_seconds()
    assert law.wait_seconds(at_most=0.1) > 0.3
    assert law.wait_seconds(at_most=0.1) <= 0.5, "it was not taken"


def test_while_it_is_closed_nobody_gets_a_turn(law: Law, redis: Redis) -> None:
    law.close(30)
    assert Law(redis, "here", 10).wait_seconds() > 29
    assert redis.pttl("inbox-law:here") > 29_000


def test_a_full_allowance_makes_it_slower(law: Law) -> None:
    law.heed(Usage(percent=100))
    law.wait_seconds()
    assert 0.3 < law.wait_seconds() <= 0.4


def test_without_redis_each_keeps_it_alone() -> None:
    law = Law(connect("redis://127.0.0.1:1"), "here", calls_per_second=10)
    waits = [law.wait_seconds() for _ in range(3)]
    assert waits[0] == 0
    assert waits[2] > 0.1
    law.close(30)
    assert law.wait_seconds(at_most=1) > 29


def test_a_sync_stays_within_what_meta_allows(shop: Shop, app_with: Callable[..., Flask]) -> None:
    shop.meta.generate(threads=300, mean=1, sigma=0.1, instagram_share=0.5)
    shop.meta.limits.law_per_second = 5
    shop.app = app_with(FACEBOOK_CONVERSATION_CALLS_PER_SECOND="5")
    began = time.monotonic()
    job = shop.sync()
    assert job["status"] == "COMPLETED"
    statuses = {call["status"] for call in shop.meta.calls}
    assert statuses == {200}, "Meta had to refuse nothing"
    assert time.monotonic() - began < 0.2 * shop.calls() + 2
