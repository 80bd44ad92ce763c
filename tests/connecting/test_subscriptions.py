"""A Page that Meta has unsubscribed is noticed, subscribed again, and its hole filled."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from inbox.actions.facebook_pages import page_checks, subscriptions
from inbox.meta.access.subscriptions import FIELDS
from tests.bounds import eventually
from tests.connecting.conftest import Office
from tests.connecting.jobs import waiting_jobs
from tests.processes import Starter


@pytest.fixture
def connected(office: Office) -> Office:
    office.connect(sync=False)
    return office


def check(office: Office) -> None:
    with office.app.app_context():
        subscriptions.check_subscription(office.row()["id"])


def test_a_page_that_is_subscribed_needs_nothing(connected: Office) -> None:
    before = connected.row()["subscribed_at"]
    check(connected)
    assert connected.row()["subscribed_at"] == before
    assert connected.notifications() == []
    assert connected.syncs() == []
    assert not [call for call in connected.meta.calls[-1:] if call["method"] != "GET"]


def test_an_unsubscribed_page_is_subscribed_again_told_and_synced(connected: Office) -> None:
    connected.meta.page.subscribed_fields = []
    check(connected)
    assert set(connected.meta.page.subscribed_fields) == set(FIELDS)
    (told,) = connected.notifications()
    assert told["kind"] == "RESUBSCRIBED"
    assert told["title"] == "Meta had unsubscribed Nordlys Ceramics"
    assert [each["kind"] for each in connected.syncs()] == ["CHANGES"]


def test_each_occasion_is_told(connected: Office) -> None:
    for _ in range(2):
        connected.meta.page.subscribed_fields = []
        check(connected)
    assert [each["kind"] for each in connected.notifications()] == ["RESUBSCRIBED"] * 2


def test_two_workers_that_see_it_at_once_tell_it_once(connected: Office) -> None:
    connected.meta.page.subscribed_fields = []
    connected.meta.faults.next("subscribed_apps", "latency", times=None, seconds=0.3)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: check(connected), range(2)))
    subscribed = [call for call in connected.meta.calls if call["method"] == "POST"]
    assert len(subscribed) == 1 + 2, "both saw that it was unsubscribed"
    assert len(connected.notifications()) == 1
    assert len(connected.syncs()) == 1


def test_missing_fields_are_asked_for_without_a_word(connected: Office) -> None:
    connected.meta.page.subscribed_fields = ["messages"]
    check(connected)
    assert set(connected.meta.page.subscribed_fields) == set(FIELDS)
    assert connected.notifications() == []
    assert connected.syncs() == []


def test_a_page_that_was_never_subscribed_is_so_now(connected: Office) -> None:
    connected.meta.page.subscribed_fields = []
    connected.database.rows("UPDATE facebook_pages SET subscribed_at = NULL")
    check(connected)
    assert connected.row()["subscribed_at"] is not None
    assert connected.notifications() == []


@pytest.mark.parametrize("kind", ["transient", "rate_limit", "truncated", "close"])
def test_when_meta_does_not_answer_it_is_asked_again_in_ten_minutes(
    connected: Office, kind: str
) -> None:
    connected.meta.page.subscribed_fields = []
    connected.database.rows("UPDATE facebook_pages SET subscription_check_due_at = now()")
    with connected.app.app_context():
        page_checks.sweep_pages()
    assert "workers.pages.check_subscription" in [
        job["name"] for job in waiting_jobs(connected.app)
    ]
    connected.meta.faults.next("subscribed_apps", kind)
    check(connected)
    assert connected.notifications() == []
    due = "SELECT subscription_check_due_at - now() BETWEEN '9 min' AND '10 min' FROM"
    assert connected.database.value(
        f"{due} facebook_pages WHERE page_id = %s", connected.meta.page.id
    )


def test_a_dead_token_is_noticed(connected: Office) -> None:
    connected.meta.login.end(460)
    check(connected)
    assert connected.row()["token_failed_at"] is not None
    assert [each["kind"] for each in connected.notifications()] == ["TOKEN_EXPIRED"]


def test_a_lost_permission_is_told_once(connected: Office) -> None:
    connected.meta.page.subscribed_fields = []
    connected.meta.login.owner("42").grants["pages_messaging"] = "declined"
    check(connected)
    check(connected)
    (told,) = connected.notifications()
    assert told["title"] == "Meta delivers nothing for Nordlys Ceramics"


def test_disconnected_pages_are_not_subscribed_again(connected: Office) -> None:
    connected.browser.post(f"/settings/integrations/facebook/{connected.row()['id']}/disconnect")
    assert connected.meta.page.subscribed_fields == []
    check(connected)
    assert connected.meta.page.subscribed_fields == []


def test_without_an_app_id_only_the_first_time_can_be_seen_to(
    connected: Office, app_with: Callable[..., Flask]
) -> None:
    connected.app = app_with(FACEBOOK_APP_ID="")
    connected.meta.page.subscribed_fields = []
    check(connected)
    assert connected.meta.page.subscribed_fields == [], "nobody can tell which app is ours"
    connected.database.rows("UPDATE facebook_pages SET subscribed_at = NULL")
    check(connected)
    assert set(connected.meta.page.subscribed_fields) == set(FIELDS)


def test_the_clock_subscribes_a_page_that_a_command_connected(
    office: Office, start: Starter
) -> None:
    page = office.meta.page
    page.subscribed_fields = []
    names = ("--page-id", page.id, "--name", page.name, "--token", page.token)
    command = ["connect-page", *names, "--organization", office.cast.organization.name]
    told = office.app.test_cli_runner().invoke(args=command)
    assert "Within a minute" in told.stdout
    assert json.loads(told.stdout.splitlines()[-1])["pageId"] == page.id
    assert page.subscribed_fields == [], "Meta is not waited for"
    start.workers("default")
    start.clock()
    eventually(lambda: set(page.subscribed_fields) == set(FIELDS), 30)
    eventually(lambda: office.row()["subscribed_at"] is not None)
    ours = office.row()["id"]
    assert [each for each in office.notifications() if each["facebook_page_id"] == ours] == []


def test_real_processes_notice_it_by_themselves(connected: Office, start: Starter) -> None:
    connected.meta.page.subscribed_fields = []
    connected.database.rows(
        "UPDATE facebook_pages SET subscription_check_due_at = now() WHERE page_id = %s",
        connected.meta.page.id,
    )
    start.workers("default")
    start.clock()
    eventually(lambda: set(connected.meta.page.subscribed_fields) == set(FIELDS), 30)
    eventually(lambda: "RESUBSCRIBED" in [each["kind"] for each in connected.notifications()])
    eventually(lambda: [each["kind"] for each in connected.syncs()] == ["CHANGES"])
