"""Each Page's token is looked at once a day, and what will end soon is told in time."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask

from inbox.actions.facebook_pages import page_checks, token_health
from inbox.actions.facebook_pages.page_access import note_refused_token
from inbox.meta.errors import ErrorKind, MetaError
from inbox.simulator.pretend import PageSettings
from tests.bounds import eventually
from tests.connecting.conftest import Office
from tests.connecting.jobs import waiting_jobs

DAY = 24 * 3600


@pytest.fixture
def connected(office: Office) -> Office:
    office.connect(sync=False)
    assert office.notifications() == []
    return office


def check(office: Office) -> None:
    with office.app.app_context():
        token_health.check_token(office.row()["id"])


def data_access_ends_in(office: Office, days: float) -> None:
    office.meta.login.owner("42").data_access_until_s = int(time.time() + days * DAY)


def kinds(office: Office) -> list[str]:
    return [each["kind"] for each in office.notifications()]


def test_what_meta_says_of_the_token_is_kept(connected: Office) -> None:
    connected.database.rows(
        "UPDATE facebook_pages SET token_checked_at = NULL, data_access_expires_at = NULL,"
        " missing_scopes = '[\"pages_messaging\"]'"
    )
    check(connected)
    row = connected.row()
    assert row["token_checked_at"] is not None
    assert row["data_access_expires_at"] is not None
    assert row["missing_scopes"] == []


@pytest.mark.parametrize(("days", "told"), [(9.5, ["DATA_ACCESS_EXPIRES"]), (10.5, [])])
def test_the_end_of_data_access_is_told_ten_days_before(
    connected: Office, days: float, told: list[str]
) -> None:
    data_access_ends_in(connected, days)
    check(connected)
    check(connected)
    assert kinds(connected) == told


def test_without_instagram_the_end_of_data_access_ends_nothing(connected: Office) -> None:
    connected.database.rows("UPDATE facebook_pages SET instagram_account_id = NULL")
    data_access_ends_in(connected, 5)
    check(connected)
    assert kinds(connected) == []


def test_a_warning_is_over_when_its_day_has_moved(connected: Office) -> None:
    data_access_ends_in(connected, 5)
    check(connected)
    data_access_ends_in(connected, 90)
    check(connected)
    (told,) = connected.notifications()
    assert told["read_at"] is not None
    data_access_ends_in(connected, 5)
    check(connected)
    assert kinds(connected) == ["DATA_ACCESS_EXPIRES"] * 2


def test_a_token_with_an_end_is_told_ten_days_before(connected: Office) -> None:
    connected.meta.login.tokens[connected.token()].expires_s = int(time.time() + 9 * DAY)
    check(connected)
    (told,) = connected.notifications()
    assert told["kind"] == "TOKEN_EXPIRES"
    assert told["title"].startswith("Nordlys Ceramics must be reconnected by ")
    assert connected.row()["token_expires_at"] is not None


@pytest.mark.parametrize(
    ("subcode", "reason"),
    [(460, "changed their Facebook password"), (458, "was removed"), (463, "has expired")],
)
def test_a_dead_token_is_noticed_before_anybody_sends(
    connected: Office, subcode: int, reason: str
) -> None:
    connected.meta.login.end(subcode)
    check(connected)
    row = connected.row()
    assert row["token_failed_at"] is not None
    assert reason in row["token_error"]
    (told,) = connected.notifications()
    assert (told["kind"], told["text"]) == ("TOKEN_EXPIRED", row["token_error"])


def test_a_permission_that_was_taken_back_is_told_once(connected: Office) -> None:
    connected.meta.login.owner("42").grants["pages_read_engagement"] = "declined"
    check(connected)
    check(connected)
    (told,) = connected.notifications()
    assert told["kind"] == "PERMISSION_LOST"
    assert "Earlier Messenger conversations cannot be imported." in told["text"]
    assert connected.row()["missing_scopes"] == ["pages_read_engagement"]
    connected.meta.login.owner("42").grants["pages_read_engagement"] = "granted"
    check(connected)
    assert connected.notifications()[0]["read_at"] is not None


@pytest.mark.parametrize("kind", ["transient", "rate_limit", "token_revoked", "truncated", "close"])
def test_when_meta_does_not_say_the_page_stays_as_it_was(connected: Office, kind: str) -> None:
    before = connected.row()
    connected.meta.faults.next("debug_token", kind)
    check(connected)
    assert connected.row() == before
    assert connected.notifications() == []


def test_an_answer_about_an_old_token_does_not_touch_a_new_one(connected: Office) -> None:
    old = connected.page()
    connected.connect(sync=False)
    with connected.app.app_context():
        note_refused_token(old, MetaError(ErrorKind.TOKEN, "changed password", code=190))
    assert connected.row()["token_failed_at"] is None


def test_what_was_asked_about_an_old_token_is_not_written_to_a_new_one(
    connected: Office,
) -> None:
    connected.meta.faults.next("debug_token", "latency", seconds=0.5)
    thread = threading.Thread(target=check, args=(connected,))
    thread.start()
    eventually(lambda: not connected.meta.faults.planned())  # Meta has been asked
    connected.database.rows(
        "UPDATE facebook_pages SET access_token_encrypted = 'another', token_checked_at = NULL"
    )
    thread.join()
    assert connected.row()["token_checked_at"] is None


def test_the_clock_asks_about_due_pages_only_and_few_at_a_time(
    connected: Office, app: Flask
) -> None:
    for number in range(30):
        page = connected.meta.add_page(PageSettings(name=f"Branch {number}", has_instagram=False))
        connected.database.rows(
            "INSERT INTO facebook_pages (organization_id, page_id, name, access_token_encrypted,"
            " has_human_agent) VALUES (%s, %s, %s, 'x', false)",
            connected.cast.organization.id,
            page.id,
            page.name,
        )
    assert sweep(connected) == []
    connected.database.rows("UPDATE facebook_pages SET token_check_due_at = now()")
    asked = sweep(connected)
    assert {job["name"] for job in asked} == {"workers.pages.check_token"}
    assert len(asked) == page_checks.MOST
    rest = sweep(connected)
    everybody = connected.database.value("SELECT count(*) FROM facebook_pages")
    assert len({job["arguments"][0] for job in asked + rest}) == everybody
    assert sweep(connected) == []


def test_pages_that_are_disconnected_or_refused_are_left_alone(connected: Office) -> None:
    connected.database.rows(
        "UPDATE facebook_pages SET token_check_due_at = now(), subscription_check_due_at = now(),"
        " disconnected_at = CASE WHEN page_id = %s THEN now() END, token_failed_at = now()",
        connected.meta.page.id,
    )
    assert sweep(connected) == []


def sweep(office: Office) -> list[dict[str, Any]]:
    with office.app.app_context():
        page_checks.sweep_pages()
    return waiting_jobs(office.app)
