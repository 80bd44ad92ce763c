"""Syncs are started, followed and stopped through the API, whose keys are given from outside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from inbox.models import FacebookPage, SyncKind, SyncStatus
from inbox.simulator.server import Simulator
from tests import cast as rows
from tests.cast import Browser, Cast, api_token
from tests.integrations.syncs import job, run, start, status
from tests.stores import Database

GIVEN = {
    "id", "facebookPageId", "status", "totalContacts", "syncedContacts", "failedContacts", "errors",
    "tokenExpired", "startedAt", "completedAt", "createdAt", "updatedAt",
}  # fmt: skip


def test_it_works(
    app: Flask, alice: Browser, page: FacebookPage, meta: Simulator, database: Database
) -> None:
    meta.generate(threads=40, mean=5, seed=2)
    started = start(alice, page)
    assert started == {"success": True, "jobId": started["jobId"], "message": "Sync started"}
    assert isinstance(started["jobId"], str)
    assert status(alice, started["jobId"])["status"] == "PENDING"
    run(app, started["jobId"])
    told = status(alice, started["jobId"])
    assert told.keys() >= GIVEN
    assert (told["status"], told["errors"], told["tokenExpired"]) == ("COMPLETED", [], False)
    assert (told["totalContacts"], told["syncedContacts"], told["failedContacts"]) == (40, 40, 0)
    assert told["facebookPageId"] == str(page.id)
    assert told["durationSeconds"] > 0
    assert (
        database.value("SELECT count(*) FROM contacts WHERE facebook_page_id = %s", page.id) == 40
    )


@pytest.mark.parametrize("form", [int, str])
def test_ids_come_as_strings_or_integers(
    alice: Browser, page: FacebookPage, form: type[int] | type[str]
) -> None:
    body = {"facebookPageId": form(page.id)}
    answer = alice.post("/api/facebook/sync-background", json=body)
    assert answer.get_json()["success"] is True


def test_a_second_start_answers_the_job_that_is_under_way(
    alice: Browser, page: FacebookPage
) -> None:
    first = start(alice, page)
    second = start(alice, page, kind="CHANGES")
    assert second == first | {"message": "Sync already in progress"}


def test_two_who_start_at_once_get_one_job(
    app: Flask, cast: Cast, page: FacebookPage, database: Database
) -> None:
    with app.app_context():
        bearer = {"Authorization": f"Bearer {api_token(cast.alice)}"}
    body = {"facebookPageId": str(page.id)}

    def press(_: int) -> Any:
        made = app.test_client()
        return made.post("/api/facebook/sync-background", json=body, headers=bearer).get_json()

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(press, range(8)))
    assert len({answer["jobId"] for answer in answers}) == 1
    messages = sorted(answer["message"] for answer in answers)
    assert messages == ["Sync already in progress"] * 7 + ["Sync started"]
    assert database.value("SELECT count(*) FROM sync_jobs") == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "facebookPageId"),
        ({"facebookPageId": None}, "facebookPageId"),
        ({"facebookPageId": True}, "facebookPageId"),
        ({"facebookPageId": {"id": 1}}, "facebookPageId"),
        ({"facebookPageId": [1]}, "facebookPageId"),
        ({"kind": "FAILED"}, "kind"),
        ({"kind": ["CHANGES"]}, "kind"),
        ({"kind": "LAST_DAYS"}, "days"),
        ({"kind": "LAST_DAYS", "days": 0}, "days"),
        ({"kind": "LAST_DAYS", "days": True}, "days"),
        ({"kind": "LAST_DAYS", "days": "7"}, "days"),
        ({"kind": "LAST_DAYS", "days": 3651}, "days"),
        ({"days": 7}, "days"),
        ({"organizationId": 1}, "organizationId"),
    ],
)
def test_what_cannot_be_meant_is_named(
    alice: Browser, page: FacebookPage, database: Database, body: dict[str, Any], field: str
) -> None:
    body = body if field == "facebookPageId" else {"facebookPageId": page.id} | body
    answer = alice.post("/api/facebook/sync-background", json=body)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]
    assert database.value("SELECT count(*) FROM sync_jobs") == 0


def test_the_last_days_leave_out_what_is_older(
    app: Flask, alice: Browser, page: FacebookPage, database: Database
) -> None:
    start(alice, page, kind="LAST_DAYS", days=7)
    since = "SELECT now() - since < interval '7 days 1 minute' FROM sync_jobs WHERE kind = %s"
    assert database.value(since, "LAST_DAYS") is True


def test_another_organizations_page_and_job_are_not_found(
    app: Flask, cast: Cast, alice: Browser, database: Database
) -> None:
    with app.app_context():
        theirs = job(cast.other_page, SyncStatus.FAILED)
    body = {"facebookPageId": cast.other_page.id}
    assert alice.post("/api/facebook/sync-background", json=body).status_code == 404
    assert alice.get(f"/api/facebook/sync-status/{theirs.id}").status_code == 404
    assert alice.get(f"/api/facebook/pages/{cast.other_page.id}/latest-sync").status_code == 404
    for verb in ("pause", "resume", "cancel", "retry", "retry-failed"):
        path = f"/api/facebook/sync-jobs/{theirs.id}/{verb}"
        assert alice.post(path, json={}).status_code == 404
    assert database.value("SELECT count(*) FROM sync_jobs") == 1


def test_a_page_that_must_be_reconnected_says_so(
    app: Flask, alice: Browser, page: FacebookPage, database: Database
) -> None:
    database.rows("UPDATE facebook_pages SET token_failed_at = now() WHERE id = %s", page.id)
    answer = alice.post("/api/facebook/sync-background", json={"facebookPageId": page.id})
    assert answer.status_code == 409
    assert "reconnect" in answer.get_json()["error"]["message"]


def test_the_newest_sync_of_a_page_or_null(app: Flask, alice: Browser, page: FacebookPage) -> None:
    path = f"/api/facebook/pages/{page.id}/latest-sync"
    answer = alice.get(path)
    assert (answer.status_code, answer.get_json()) == (200, None)
    with app.app_context():
        job(page, SyncStatus.COMPLETED)
        newer = job(page, SyncStatus.CANCELLED)
    assert alice.get(path).get_json()["id"] == str(newer.id)
    assert alice.get(path).get_json().keys() >= GIVEN


def test_it_is_paused_resumed_and_cancelled(
    app: Flask, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    job_id = start(alice, page)["jobId"]
    path = f"/api/facebook/sync-jobs/{job_id}"
    for verb, then in (("pause", "PAUSED"), ("resume", "PENDING"), ("cancel", "CANCELLED")):
        answer = alice.post(f"{path}/{verb}", json={})
        assert (answer.status_code, answer.get_json()["status"]) == (200, then)
        assert alice.post(f"{path}/{verb}", json={}).status_code == 200, "a repeat does no harm"
    run(app, job_id)
    assert not meta.calls, "what is cancelled is not run"
    refused = alice.post(f"{path}/resume", json={})
    assert refused.status_code == 409
    assert refused.get_json()["error"]["message"] == "This sync is cancelled."


@pytest.mark.parametrize(("contacts", "is_said"), [(0, False), (7, True)])
def test_a_paused_one_says_how_much_it_has_brought_and_nothing_of_none(
    app: Flask, alice: Browser, page: FacebookPage, contacts: int, is_said: bool
) -> None:
    with app.app_context():
        job(page, SyncStatus.PAUSED, synced_contacts=contacts)
    html = alice.get(f"/api/facebook/pages/{page.id}").get_json()["html"]
    assert "Paused" in html
    assert ("synced so far" in html) is is_said


def test_history_goes_back_page_by_page(app: Flask, alice: Browser, page: FacebookPage) -> None:
    with app.app_context():
        ids = [str(job(page, SyncStatus.COMPLETED).id) for _ in range(5)]
        job(rows.page(rows.organization("Elsewhere")), SyncStatus.COMPLETED)
    seen: list[str] = []
    cursor = ""
    for expected in (2, 2, 1):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = alice.get(
            f"/api/facebook/pages/{page.id}/sync-jobs", query_string=query
        ).get_json()
        assert len(answer["items"]) == expected
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["nextCursor"]
    assert cursor is None
    assert seen == ids[::-1]
    nonsense = alice.get(f"/api/facebook/pages/{page.id}/sync-jobs?cursor=nonsense")
    assert nonsense.status_code == 422


def test_how_many_are_expected_is_known_from_the_last_complete_sync(
    app: Flask, alice: Browser, page: FacebookPage, database: Database
) -> None:
    calls = 10_000
    running = {"total_contacts": 100, "synced_contacts": 100, "graph_calls": calls, "attempt": 1}
    with app.app_context():
        first = job(page, SyncStatus.IN_PROGRESS, **running)
    told = status(alice, first.id)
    assert (told["expectedContacts"], told["secondsLeft"]) == (None, None)
    assert told["callsLeft"] is None
    database.rows("UPDATE sync_jobs SET status = 'COMPLETED', total_contacts = 300")
    with app.app_context():
        second = job(page, SyncStatus.IN_PROGRESS, **running)
    begun = "UPDATE sync_jobs SET started_at = now() - interval '1 minute' WHERE id = %s"
    database.rows(begun, second.id)
    told = status(alice, second.id)
    assert told["expectedContacts"] == 300
    assert 118 <= told["secondsLeft"] <= 125, "100 took a minute, 200 are left"
    assert told["callsLeft"] == 2 * calls
    database.rows("UPDATE sync_jobs SET attempt = 2 WHERE id = %s", second.id)
    told = status(alice, second.id)
    allowed = 2 * app.extensions["inbox_config"].conversation_calls_per_second
    left = (round(2 * calls / allowed), True)
    assert (told["secondsLeft"], told["isLeast"]) == left, "two accounts, within Meta's law"
    database.rows("UPDATE sync_jobs SET total_contacts = 301 WHERE id = %s", second.id)
    told = status(alice, second.id)
    assert (told["expectedContacts"], told["secondsLeft"]) == (None, None)


def test_a_kind_that_meets_another_number_expects_none(
    app: Flask, alice: Browser, page: FacebookPage
) -> None:
    with app.app_context():
        job(page, SyncStatus.COMPLETED, total_contacts=300)
        changes = job(page, SyncStatus.IN_PROGRESS, kind=SyncKind.CHANGES, total_contacts=1)
    assert status(alice, changes.id)["expectedContacts"] is None
