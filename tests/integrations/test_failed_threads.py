"""Threads that could not be synced: listed, reported, and tried again."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from inbox.models import FacebookPage, Platform, SyncError, SyncJob, SyncKind, SyncStatus
from inbox.simulator.server import Simulator
from tests.cast import Browser, insert
from tests.integrations.syncs import job, run, start, status
from tests.stores import Database

REPORT = "/api/facebook/sync-jobs/{}/report.csv"


def failed(job: SyncJob, thread_id: str, name: str | None = "Zelda", error: str = "Gone") -> None:
    insert(
        SyncError(
            sync_job_id=job.id,
            platform=Platform.FACEBOOK,
            thread_id=thread_id,
            name=name,
            error=error,
            code="100",
        )
    )


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff"), "Excel needs it"
    return list(csv.reader(io.StringIO(text[1:])))


def test_one_that_cannot_be_read_is_named_and_read_by_retry_failed(
    app: Flask, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    made = meta.generate(threads=30, mean=4, seed=3, instagram_share=0.0)
    person = made.make_person(7)
    meta.faults.next("messages", "broken_thread", times=None, person_id=person.id, code=1)
    job_id = start(alice, page)["jobId"]
    run(app, job_id)
    told = status(alice, job_id)
    assert (told["status"], told["syncedContacts"], told["failedContacts"]) == ("COMPLETED", 29, 1)
    (error,) = told["errors"]
    assert (error["platform"], error["id"]) == ("FACEBOOK", person.thread_id)
    assert error["error"]
    assert error["code"]

    meta.faults.clear()
    again = alice.post(f"/api/facebook/sync-jobs/{job_id}/retry-failed", json={}).get_json()
    assert again["message"] == "Sync started"
    run(app, again["jobId"])
    told = status(alice, again["jobId"])
    assert (told["kind"], told["status"], told["syncedContacts"]) == ("FAILED", "COMPLETED", 1)
    assert told["resumedFromId"] == job_id


def test_nothing_to_retry_is_refused(app: Flask, alice: Browser, page: FacebookPage) -> None:
    with app.app_context():
        done = job(page, SyncStatus.COMPLETED)
    for verb in ("retry", "retry-failed"):
        answer = alice.post(f"/api/facebook/sync-jobs/{done.id}/{verb}", json={})
        assert answer.status_code == 409


def test_a_retry_takes_over_what_had_failed_before(
    app: Flask, alice: Browser, page: FacebookPage
) -> None:
    with app.app_context():
        first = job(page, SyncStatus.FAILED, failed_contacts=1, total_contacts=9)
        failed(first, "t_1")
    again = alice.post(f"/api/facebook/sync-jobs/{first.id}/retry", json={}).get_json()
    told = status(alice, again["jobId"])
    assert (told["totalContacts"], told["failedContacts"]) == (9, 1)
    assert [error["id"] for error in told["errors"]] == ["t_1"]


def test_a_retry_of_a_retry_is_still_over_the_threads_that_failed_first(
    app: Flask, alice: Browser, page: FacebookPage, database: Database
) -> None:
    with app.app_context():
        first = job(page, SyncStatus.COMPLETED)
        failed(first, "t_1")
        second = job(page, SyncStatus.FAILED, kind=SyncKind.FAILED, resumed_from_id=first.id)
    again = alice.post(f"/api/facebook/sync-jobs/{second.id}/retry", json={}).get_json()
    told = status(alice, again["jobId"])
    assert (told["kind"], told["resumedFromId"]) == ("FAILED", str(first.id))


def test_the_report_has_a_row_for_each_thread_and_a_summary(
    app: Flask, alice: Browser, page: FacebookPage
) -> None:
    with app.app_context():
        done = job(page, SyncStatus.COMPLETED, total_contacts=5, failed_contacts=2)
        failed(done, "t_1", "Zoë Ångström")
        failed(done, "t_2", None)
    answer = alice.get(REPORT.format(done.id))
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="sync-{done.id}.csv"'
    lines = read(answer.text)
    assert lines[0] == ["platform", "threadId", "name", "error", "code", "at"]
    assert lines[1][:5] == ["FACEBOOK", "t_1", "Zoë Ångström", "Gone", "100"]
    assert lines[2][:3] == ["FACEBOOK", "t_2", ""]
    summary = dict(line for line in lines[4:])
    assert (summary["status"], summary["totalContacts"]) == ("COMPLETED", "5")


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_report_is_a_formula(
    app: Flask, alice: Browser, page: FacebookPage, begins: str
) -> None:
    formula = f'{begins}HYPERLINK("https://evil.example","Click")'
    with app.app_context():
        done = job(page, SyncStatus.FAILED, failure=formula)
        failed(done, formula, formula, formula)
    lines = read(alice.get(REPORT.format(done.id)).text)
    assert lines[1][1:4] == [f"'{formula}"] * 3
    assert ["failure", f"'{formula}"] in lines
    assert not any(cell.startswith(begins) for line in lines for cell in line)
