"""Somebody writes for the first time: who they are and what they wrote before is fetched."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import redis
import requests

from inbox.actions.newcomers import fetching
from inbox.local.stores import Stores
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.fetching.conftest import Door
from tests.processes import Starter

Wrote = Callable[..., str]
LONGEST = 3.0  # seconds, as promised


def test_the_job_stands_there_with_the_contact(door: Door) -> None:
    person_id = door.arrives()
    job = door.job()
    assert job["status"] == "PENDING"
    assert job["message"] == f"New message from User {person_id[-6:]}"
    assert job["contact_id"] == door.contact()["id"]
    assert job["platform"] == "FACEBOOK"


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_it_brings_name_picture_and_older_messages(
    door: Door, before: Wrote, platform: str
) -> None:
    before(platform)
    job = door.work()
    assert (job["status"], job["new_messages"], job["error"]) == ("COMPLETED", 3, None)
    assert job["message"] == "New message from Yara Voss"
    assert job["started_at"] <= job["completed_at"]
    contact = door.contact()
    assert contact["name"] == "Yara Voss"
    assert contact["profile_picture_url"]
    assert contact["profile_due_at"] is None
    assert door.contents() == ["line 0", "line 1", "line 2", "Hello?"]
    assert door.database.value("SELECT unread_count FROM conversations") == 1
    assert door.database.value("SELECT last_message_snippet FROM conversations") == "Hello?"


def test_nothing_is_fetched_twice(door: Door, before: Wrote) -> None:
    before()
    door.work()
    assert (door.calls("profile"), door.calls("conversations")) == (1, 1)
    door.work()
    assert (door.calls("profile"), door.calls("conversations")) == (1, 1)
    door.meta.says(next(iter(door.meta.world.people)), "Anybody there?")
    eventually(lambda: len(door.contents()) == 5)
    assert door.database.value("SELECT count(*) FROM fetch_jobs") == 1


def test_a_long_thread_takes_one_call(door: Door, before: Wrote) -> None:
    before(lines=130)
    job = door.work()
    assert (job["status"], job["new_messages"]) == ("COMPLETED", 99)
    assert door.calls("conversations") == 1


def test_the_list_names_who_has_no_profile(door: Door) -> None:
    door.arrives(profile_failure="no_permission")
    job = door.work()
    assert job["status"] == "COMPLETED"
    assert door.contact()["name"] == "Yara Voss"
    assert job["message"] == "New message from Yara Voss"


def test_what_passes_is_tried_again_and_then_given_up(door: Door) -> None:
    door.arrives()
    door.meta.faults.next("conversations", "transient", times=None)
    for attempt in range(1, 6):
        job = door.work()
        assert job["attempt"] == attempt
    assert (job["status"], job["error"]) == ("FAILED", "Meta does not answer.")
    assert door.contact()["name"] == "Yara Voss", "the profile came all the same"


def test_an_error_of_ours_does_not_go_round_for_ever(door: Door) -> None:
    door.arrives(platform="instagram")
    door.database.rows("UPDATE facebook_pages SET instagram_account_id = NULL")
    for attempt in range(1, 6):
        job = door.work()
        assert job["attempt"] == attempt
        assert job["due_at"] > job["started_at"], "later, or never"
    assert job["status"] == "FAILED"
    assert "The log of the workers" in job["error"]
    assert door.work()["attempt"] == 5


def test_a_rate_limit_puts_it_off_and_closes_the_account(door: Door) -> None:
    door.arrives()
    door.meta.faults.next("conversations", "rate_limit", minutes=10)
    job = door.work()
    assert job["status"] == "PENDING"
    wait = door.database.value("SELECT extract(epoch FROM due_at - now()) FROM fetch_jobs")
    assert 590 < wait <= 600
    door.database.rows("UPDATE fetch_jobs SET due_at = now()")
    assert door.work()["status"] == "PENDING"
    assert door.calls("conversations") == 1, "nobody asks while Meta takes no calls"


def test_what_meta_says_is_one_line_of_the_log(door: Door, start: Starter) -> None:
    forged = "2026-01-01 00:00:00,000 ERROR inbox: forged"
    door.meta.faults.next("conversations", "error", code=100, message=f"No.\r\n{forged}")
    worker = start.workers("default")
    door.arrives()
    eventually(lambda: door.job()["status"] == "FAILED")
    lines = worker.log.read_text().splitlines()
    assert [line for line in lines if "forged" in line and "Nothing fetched" in line]
    assert not [line for line in lines if line.startswith("2026-01-01")]


def test_a_revoked_token_ends_it_and_marks_the_page(door: Door) -> None:
    door.arrives()
    door.meta.revoke_token()
    job = door.work()
    assert job["status"] == "FAILED"
    assert "reconnect" in job["error"]
    assert door.database.value("SELECT token_failed_at IS NOT NULL FROM facebook_pages")


def test_a_job_in_another_workers_hands_is_left_alone(door: Door) -> None:
    door.arrives()
    door.database.rows(
        "UPDATE fetch_jobs SET status = 'RUNNING', attempt = 1,"
        " lease_until = now() + interval '10 seconds'"
    )
    assert door.work()["status"] == "RUNNING"
    assert door.calls("conversations") == 0
    door.database.rows("UPDATE fetch_jobs SET lease_until = now() - interval '1 second'")
    assert door.work()["status"] == "COMPLETED"


def test_the_sweep_finds_what_was_lost(door: Door, start: Starter, stores: Stores) -> None:
    door.arrives()
    redis.Redis.from_url(stores.redis.url).flushall()
    start.clock()
    start.workers("default")
    eventually(lambda: door.job()["status"] == "COMPLETED", 20)


def test_an_open_browser_sees_the_contact_and_then_its_name(door: Door, start: Starter) -> None:
    worker = start.workers("default")
    with Seat.of(door.alice, door.app, door.web.url) as alice:
        door.arrives("Warm Up")  # the worker has started
        eventually(lambda: door.job()["status"] == "COMPLETED", 20)
        began = time.monotonic()
        person = door.meta.add_person("Yara Voss")
        door.meta.says(person, "Hello?")
        # On a busy machine the name may be there before the message is told.
        names = (f"User {person.id[-6:]}", "Yara Voss")
        alice.ear.waits_for(
            "new_message", lambda e: e["conversation"]["contact"]["name"] in names, LONGEST
        )
        alice.ear.waits_for(
            "contact_updated", lambda e: e["contact"]["name"] == "Yara Voss", LONGEST
        )
        alice.ear.waits_for(
            "conversation_updated",
            lambda e: e["conversation"]["contact"]["name"] == "Yara Voss",
            LONGEST,
        )
        assert time.monotonic() - began < LONGEST
    assert worker.is_running


def test_admins_see_the_jobs(door: Door) -> None:
    door.arrives()
    with door.app.app_context():
        seat = Seat.of(door.alice, door.app, door.web.url)
    found = seat.get("facebook/contacts/background")
    (pending,) = found["pending"]
    assert (found["running"], found["recent"]) == ([], [])
    assert pending["status"] == "PENDING"
    assert pending["message"].startswith("New message from User ")
    door.work()
    found = seat.get("facebook/contacts/background")
    (recent,) = found["recent"]
    assert recent["status"] == "COMPLETED"
    assert recent["contactName"] == "Yara Voss"
    assert recent["id"] == pending["id"]
    door.database.rows("UPDATE fetch_jobs SET completed_at = now() - interval '25 hours'")
    assert seat.get("facebook/contacts/background")["recent"] == []
    answer = requests.get(f"{door.web.url}/api/facebook/contacts/background", timeout=5)
    assert answer.status_code == 401


def test_jobs_of_last_week_are_forgotten(door: Door) -> None:
    door.arrives()
    with door.app.app_context():
        door.database.rows("UPDATE fetch_jobs SET created_at = now() - interval '8 days'")
        fetching.prune_fetches()
        assert door.job()["status"] == "PENDING", "it has not ended"
        door.work()
        fetching.prune_fetches()
        assert door.job()["status"] == "COMPLETED", "it has just ended"
        door.database.rows("UPDATE fetch_jobs SET completed_at = now() - interval '8 days'")
        fetching.prune_fetches()
    assert door.database.value("SELECT count(*) FROM fetch_jobs") == 0
