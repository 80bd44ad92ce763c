"""Meta answers badly, or not at all; what can be read is read, and nothing goes round for ever."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.simulator.world import Person
from tests.sync.conftest import Shop


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.meta.generate(threads=60, mean=6, sigma=0.5, instagram_share=0.3)
    return shop


def nth_person(shop: Shop, n: int) -> Person:
    return shop.meta.generated[shop.meta.page.id].make_person(n)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("truncated", {}),
        ("cut_body", {}),
        ("reset", {}),
        ("close", {}),
        ("transient", {}),
        ("transient", {"code": 1}),
        ("bad_gateway", {}),
        ("empty_page", {}),
        ("short_page", {}),
        ("repeating_cursor", {}),
        ("slow_body", {"seconds": 1}),
        ("stale_cursor", {}),
        ("reduce_data", {}),
    ],
)
def test_what_happens_once_costs_nothing_but_time(
    filled: Shop, kind: str, settings: dict[str, Any]
) -> None:
    after = 0 if kind == "stale_cursor" else 1  # there are not so many cursors
    fault = filled.meta.faults.next("conversations", kind, after=after, **settings)
    job = filled.sync()
    assert fault.times == 0, "it has happened"
    assert (job["status"], job["failure"]) == ("COMPLETED", None)
    assert filled.is_whole()
    assert (job["total_contacts"], job["failed_contacts"]) == (60, 0)


@pytest.mark.parametrize("kind", ["repeating_cursor", "empty_page"])
def test_a_list_without_end_is_left(filled: Shop, kind: str) -> None:
    filled.meta.generate(threads=60, mean=6, sigma=0.5, instagram_share=0)
    filled.meta.faults.next("conversations", kind, times=None, after=2)
    job = filled.sync()
    assert job["status"] == "FAILED"
    assert "round in circles" in job["failure"]
    assert filled.calls() < 40
    filled.meta.faults.clear()
    assert filled.run(filled.retry(job["id"]))["status"] == "COMPLETED"
    assert filled.is_whole()


def test_a_thread_without_end_is_left_and_the_rest_goes_on(shop: Shop) -> None:
    shop.meta.generate(threads=12, mean=150, sigma=0.2, instagram_share=0)
    shop.meta.faults.next(
        "messages", "repeating_cursor", times=None, person_id=nth_person(shop, 3).id
    )
    job = shop.sync()
    assert (job["status"], job["failed_contacts"]) == ("COMPLETED", 1)
    (error,) = shop.errors(job["id"])
    assert "round in circles" in error["error"]
    assert shop.database.value("SELECT count(*) FROM conversations WHERE history = 'FAILED'") == 1
    shop.meta.faults.clear()
    again = shop.run(shop.retry(job["id"], only_failed=True))
    assert (again["status"], again["synced_contacts"], again["failed_contacts"]) == (
        "COMPLETED", 1, 0,
    )  # fmt: skip
    assert shop.is_whole()
    assert shop.database.value("SELECT count(*) FROM conversations WHERE history = 'FAILED'") == 0


@pytest.mark.parametrize(
    "error",
    [
        {"code": 100, "status": 400},
        {"code": 2500, "status": 400},
        {"code": 1, "status": 500},  # which might as well be an outage
    ],
)
def test_one_broken_thread_is_recorded_and_the_rest_completed(
    filled: Shop, error: dict[str, Any]
) -> None:
    person = nth_person(filled, 22)
    filled.meta.faults.next("any", "broken_thread", person_id=person.id, **error)
    undisturbed = 5  # calls, or so
    job = filled.sync()
    assert (job["status"], job["synced_contacts"], job["failed_contacts"]) == ("COMPLETED", 59, 1)
    assert job["total_contacts"] == 60
    (row,) = filled.errors(job["id"])
    assert row["thread_id"] == person.thread_id
    assert row["platform"] == ("INSTAGRAM" if person.platform == "instagram" else "FACEBOOK")
    assert row["code"] == str(error["code"])
    assert "(simulated)" in row["error"]
    assert filled.calls() < undisturbed + 20
    filled.meta.faults.clear()
    again = filled.run(filled.retry(job["id"], only_failed=True))
    assert (again["status"], again["synced_contacts"], again["new_contacts"]) == ("COMPLETED", 1, 1)
    assert filled.is_whole()


def test_a_thread_that_cannot_even_be_listed_ends_its_platform(filled: Shop) -> None:
    person = next(p for p in (nth_person(filled, n) for n in range(60)) if p.platform[0] == "i")
    filled.meta.faults.next(
        "any", "broken_thread", person_id=person.id, slim=True, code=100, status=400
    )
    job = filled.sync()
    assert job["status"] == "COMPLETED"
    assert "(simulated)" in job["failure"]
    assert filled.calls() < 40
    assert filled.sums()["FACEBOOK"] == filled.sums_at_meta()["FACEBOOK"]


def test_a_smaller_budget_of_meta_is_found_and_kept_to(shop: Shop) -> None:
    shop.meta.generate(threads=30, mean=20, sigma=0.5, instagram_share=0.3)
    shop.meta.limits.budget = 60
    job = shop.sync()
    assert (job["status"], job["failed_contacts"]) == ("COMPLETED", 0)
    assert shop.is_whole()


def test_what_was_halved_once_grows_again(shop: Shop) -> None:
    shop.meta.generate(threads=400, mean=2, sigma=0.3, instagram_share=0)
    shop.meta.faults.next("conversations", "reduce_data")
    job = shop.sync()
    assert (job["status"], job["total_contacts"]) == ("COMPLETED", 400)
    whole, refused = 400 / 25 + 1, 1  # the list, and its top again
    halved = 400 / 12
    assert whole + refused < job["graph_calls"] <= whole + refused + 3 < halved


def test_a_field_that_meta_does_not_know_is_done_without(filled: Shop) -> None:
    filled.meta.faults.next(
        "conversations",
        "error",
        code=100,
        message="(#100) Tried accessing nonexisting field (story) on node type (Message)",
    )
    assert filled.sync()["status"] == "COMPLETED"
    assert filled.is_whole()


def test_a_lost_cursor_of_yesterday_is_found_again(filled: Shop) -> None:
    """As after a night's pause: the checkpoint's cursor is too old."""
    job_id = filled.request()
    filled.meta.faults.next("conversations", "token_revoked", after=2)
    assert filled.run(job_id)["status"] == "FAILED"
    checkpoint = filled.job(job_id)["checkpoint"]
    assert any(position.get("after") for position in checkpoint.values())
    filled.database.rows("UPDATE facebook_pages SET token_failed_at = NULL, token_error = NULL")
    filled.meta.clock.advance(2 * 86400)
    filled.meta.limits.cursor_life_s = 86400
    job = filled.run(filled.retry(job_id))
    assert (job["status"], job["total_contacts"]) == ("COMPLETED", 60)
    assert filled.is_whole()
