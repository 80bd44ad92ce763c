"""Meta refuses: for a while, for good, or on one platform only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from inbox.actions import sync
from inbox.actions.facebook_pages import pages
from inbox.actions.refusal import Refusal
from inbox.extensions import db
from inbox.models import Organization, SyncJob, SyncKind
from inbox.simulator.owners import SCOPES
from tests.bounds import eventually
from tests.sync.conftest import Shop


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.meta.generate(threads=60, mean=6, sigma=0.5, instagram_share=0.3)
    return shop


def reconnected(shop: Shop) -> None:
    """With the same token, which Meta takes again."""
    shop.meta.page.token_error = None
    shop.database.rows("UPDATE facebook_pages SET token_failed_at = NULL, token_error = NULL")


def test_a_rate_limit_makes_it_wait_and_go_on_by_itself(filled: Shop) -> None:
    filled.meta.faults.next("conversations", "rate_limit", code=80006, minutes=0.1, after=1)
    job_id = filled.request()
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(filled.run, job_id)
        waiting = eventually(lambda: (row := filled.job(job_id))["waiting_until"] and row)
        assert waiting["status"] == "IN_PROGRESS"
        assert waiting["waiting_until"] > datetime.now(UTC)
        assert waiting["waiting_reason"] == "Meta takes no more calls for this Page for a while."
        calls = filled.calls()
        eventually(lambda: filled.job(job_id)["waiting_until"] is None, 15)
        assert filled.calls() - calls <= 3, "nobody calls while Meta takes none"
        job = running.result(20)
    assert (job["status"], job["waiting_until"], job["waiting_reason"]) == ("COMPLETED", None, None)
    assert filled.is_whole()


def test_a_rate_limit_amid_a_long_thread_loses_nothing(shop: Shop) -> None:
    shop.meta.generate(threads=6, mean=250, sigma=0.2, instagram_share=0)
    shop.meta.faults.next("messages", "rate_limit", minutes=0.02, after=3, times=2)
    job = shop.sync()
    assert (job["status"], job["failed_contacts"]) == ("COMPLETED", 0)
    assert shop.is_whole()


def test_used_up_allowance_is_heeded_before_meta_refuses(filled: Shop) -> None:
    filled.meta.limits.shown_usage = 100
    job_id = filled.request()
    with ThreadPoolExecutor(1) as worker:
        running = worker.submit(filled.run, job_id)
        eventually(lambda: filled.job(job_id)["waiting_until"])
        eventually(lambda: filled.calls() == 2)
        with filled.app.app_context():
            sync.cancel(db.session.get_one(SyncJob, job_id))
        running.result(10)
    assert filled.calls() == 2, "one for each account"
    assert filled.job(job_id)["status"] == "CANCELLED"


def test_a_revoked_token_stops_it_at_once(filled: Shop) -> None:
    filled.database.rows("UPDATE facebook_pages SET last_synced_at = '2026-01-01'")
    filled.meta.faults.next("conversations", "revoke", after=2)
    job = filled.sync()
    assert (job["status"], job["token_expired"]) == ("FAILED", True)
    assert "reconnect" in job["failure"]
    assert filled.calls() <= 5
    (page,) = filled.database.rows("SELECT * FROM facebook_pages WHERE id = %s", filled.page.id)
    assert page["last_synced_at"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert page["synced_until"] is None
    assert page["token_failed_at"] is not None
    assert filled.database.value("SELECT count(*) FROM notifications") == 1


def test_after_reconnecting_a_new_job_goes_on_from_the_checkpoint(filled: Shop) -> None:
    filled.meta.faults.next("conversations", "revoke", after=2)
    failed = filled.sync()
    assert 0 < failed["synced_contacts"] < 60
    reconnected(filled)
    job_id = filled.retry(failed["id"])
    assert filled.job(job_id)["resumed_from_id"] == failed["id"]
    calls = filled.calls()
    job = filled.run(job_id)
    assert (job["status"], job["total_contacts"], job["synced_contacts"]) == ("COMPLETED", 60, 60)
    assert filled.calls() - calls <= 4, "what was read is not read again"
    assert filled.is_whole()
    until = filled.database.value("SELECT synced_until FROM facebook_pages")
    assert until <= failed["completed_at"], "what changed since the first one began is not synced"


def test_what_had_failed_before_the_token_died_is_not_forgotten(filled: Shop) -> None:
    person = filled.meta.generated[filled.meta.page.id].make_person(0)
    filled.meta.faults.next(
        "any", "broken_thread", person_id=person.id, code=100, status=400, times=None
    )
    filled.meta.faults.next("conversations", "revoke", after=9)
    failed = filled.sync()
    assert (failed["status"], failed["failed_contacts"]) == ("FAILED", 1)
    reconnected(filled)
    job = filled.run(filled.retry(failed["id"]))
    assert (job["status"], job["failed_contacts"], job["synced_contacts"]) == ("COMPLETED", 1, 59)
    assert [error["thread_id"] for error in filled.errors(job["id"])] == [person.thread_id]


def test_a_permission_lost_on_instagram_leaves_messenger_whole(filled: Shop) -> None:
    login = filled.meta.login
    owner = login.owner("42")
    code = login.allow("https://example.test", granted=set(SCOPES) - {"instagram_manage_messages"})
    user = login.prolong(login.redeem(code, "https://example.test").text)
    connect(filled, login.page_token(user, filled.meta.page.id).text)
    job = filled.sync()
    assert job["status"] == "COMPLETED"
    assert "permission" in job["failure"]
    assert filled.sums() == {"FACEBOOK": filled.sums_at_meta()["FACEBOOK"]}
    owner.grants["instagram_manage_messages"] = "granted"
    changes = filled.sync(SyncKind.CHANGES)
    assert (changes["status"], changes["failure"]) == ("COMPLETED", None)
    assert filled.is_whole(), "the next one makes up for all that Instagram lacks"
    assert filled.unread() == 0


def connect(shop: Shop, token: str) -> None:
    with shop.app.app_context():
        pages.connect_page(
            db.session.get_one(Organization, shop.page.organization_id),
            page_id=shop.meta.page.id,
            name=shop.meta.page.name,
            token=token,
            instagram_account_id=shop.meta.page.instagram_account_id,
        )


def test_a_page_that_must_be_reconnected_is_not_synced(filled: Shop) -> None:
    filled.database.rows("UPDATE facebook_pages SET token_failed_at = now()")
    with pytest.raises(Refusal):
        filled.request()
    assert filled.calls() == 0
