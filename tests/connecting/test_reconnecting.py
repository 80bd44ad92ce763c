"""A Page whose token has died is connected again; a Page is disconnected."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.actions import sync
from inbox.actions.facebook_pages.page_access import note_refused_token
from inbox.extensions import db
from inbox.meta.errors import ErrorKind, MetaError
from inbox.models import FacebookPage, SyncKind
from inbox.simulator.pretend import PageSettings
from tests import cast
from tests.connecting.conftest import INTEGRATIONS, Office

DEAD = MetaError(ErrorKind.TOKEN, "changed password", code=190, subcode=460)


@pytest.fixture
def connected(office: Office) -> Office:
    """With a connected Page, before anything was synced."""
    office.connect(sync=False)
    return office


def die(office: Office) -> None:
    office.meta.login.end(460)
    with office.app.app_context():
        note_refused_token(office.page(), DEAD)
    assert office.row()["token_failed_at"] is not None


def reconnect(office: Office, **choices: Any) -> Any:
    path = f"{INTEGRATIONS}/facebook/{office.row()['id']}/reconnect"
    return office.browser.get(office.allow(office.dialog(path), **choices))


def test_reconnecting_gives_a_new_token_and_syncs_what_changed(connected: Office) -> None:
    old = connected.token()
    die(connected)
    answer = reconnect(connected)
    assert (answer.status_code, answer.location) == (303, INTEGRATIONS)
    row = connected.row()
    assert connected.token() != old
    assert (row["token_failed_at"], row["token_error"]) == (None, None)
    assert [each["kind"] for each in connected.syncs()] == ["CHANGES"]


def test_the_notification_is_over_once_the_page_is_reconnected(connected: Office) -> None:
    die(connected)
    (told,) = connected.notifications()
    assert (told["kind"], told["read_at"]) == ("TOKEN_EXPIRED", None)
    reconnect(connected)
    assert connected.notifications()[0]["read_at"] is not None
    die(connected)
    assert [each["read_at"] is None for each in connected.notifications()] == [False, True]


def test_a_sync_that_the_dead_token_stopped_goes_on_where_it_stood(connected: Office) -> None:
    page = connected.page()
    with connected.app.app_context():
        job, _ = sync.request_sync(page, kind=SyncKind.EVERYTHING)
    connected.database.rows(
        "UPDATE sync_jobs SET status = 'FAILED', token_expired = true, synced_contacts = 7,"
        """ checkpoint = '{"FACEBOOK": {"after": "cursor", "done": false}}'"""
    )
    die(connected)
    reconnect(connected)
    resumed = connected.syncs()[1]
    assert resumed["resumed_from_id"] == job.id
    assert resumed["kind"] == "EVERYTHING"
    assert resumed["checkpoint"]["FACEBOOK"]["after"] == "cursor"


def test_a_sync_that_failed_otherwise_is_left_as_it_is(connected: Office) -> None:
    with connected.app.app_context():
        sync.request_sync(connected.page(), kind=SyncKind.EVERYTHING)
    connected.database.rows("UPDATE sync_jobs SET status = 'FAILED'")
    die(connected)
    reconnect(connected)
    assert connected.syncs()[1]["resumed_from_id"] is None
    assert connected.syncs()[1]["kind"] == "CHANGES"


def test_somebody_without_that_page_cannot_reconnect_it(connected: Office) -> None:
    other = connected.meta.add_page(PageSettings(name="Another"))
    stranger = connected.meta.login.add_owner("Otto", {other.id: ["MESSAGING", "MANAGE"]})
    die(connected)
    before = connected.row()
    answer = reconnect(connected, owner_id=stranger.id)
    assert answer.status_code == 409
    assert "is not among the Pages of this login" in answer.text
    assert connected.row() == before
    assert [row["name"] for row in connected.rows()] == ["Nordlys Ceramics"]


def test_a_page_that_was_not_ticked_is_not_reconnected(connected: Office) -> None:
    die(connected)
    assert reconnect(connected, pages=[]).status_code == 409
    assert connected.row()["token_failed_at"] is not None


def test_a_needed_permission_that_was_declined_leaves_the_page_as_it_is(
    connected: Office,
) -> None:
    die(connected)
    answer = reconnect(connected, without=["pages_messaging"])
    assert answer.status_code == 409
    assert "cannot do without" in answer.text
    assert connected.row()["token_failed_at"] is not None


def test_connecting_a_known_page_again_keeps_its_row_and_history(connected: Office) -> None:
    before = connected.row()["id"]
    connected.database.rows("UPDATE facebook_pages SET synced_until = now(), auto_sync = true")
    die(connected)
    path, page = connected.choices()
    assert "Was connected before" in page.text
    connected.connect(after=path)
    row = connected.row()
    assert (row["id"], row["auto_sync"], row["token_failed_at"]) == (before, True, None)
    assert [each["kind"] for each in connected.syncs()] == ["CHANGES"]


def test_a_page_that_works_is_not_ticked_beforehand(connected: Office) -> None:
    _, page = connected.choices()
    assert "Connected already." in page.text
    assert f'value="{connected.meta.page.id}" disabled' not in page.text
    assert f'value="{connected.meta.page.id}" checked' not in page.text


def test_disconnecting_tells_meta_and_forgets_the_token(connected: Office) -> None:
    assert connected.meta.page.subscribed_fields
    answer = disconnect(connected)
    assert (answer.status_code, answer.location) == (303, INTEGRATIONS)
    row = connected.row()
    assert connected.meta.page.subscribed_fields == []
    assert row["disconnected_at"] is not None
    assert row["access_token_encrypted"] is None
    assert row["connected_by_meta_user_id"] is None
    assert "Its conversations stay." in connected.flashes()


def test_after_disconnecting_conversations_stay_and_replies_are_refused(connected: Office) -> None:
    thread_id = zeldas_thread(connected)
    reply = f"/api/conversations/{thread_id}/messages"
    assert connected.browser.post(reply, json={"text": "Yes."}).status_code == 201
    disconnect(connected)
    answer = connected.browser.post(reply, json={"text": "Yes."})
    assert answer.status_code == 422
    assert "Settings → Integrations" in answer.get_json()["error"]["message"]
    messages = connected.browser.get(reply).get_json()["items"]
    assert [message["content"] for message in messages] == ["Yes.", "Is it ready?"]


def test_a_running_sync_ends_with_the_connection(connected: Office) -> None:
    with connected.app.app_context():
        sync.request_sync(connected.page(), kind=SyncKind.EVERYTHING)
    disconnect(connected)
    assert [each["status"] for each in connected.syncs()] == ["CANCELLED"]


@pytest.mark.parametrize("kind", ["transient", "close", "token_revoked"])
def test_a_page_is_disconnected_although_meta_does_not_hear_it(
    connected: Office, kind: str
) -> None:
    connected.meta.faults.next("subscribed_apps", kind)
    disconnect(connected)
    assert connected.row()["access_token_encrypted"] is None
    assert "Meta could not be told" in connected.flashes()


def test_a_disconnected_page_can_be_reconnected(connected: Office) -> None:
    disconnect(connected)
    reconnect(connected)
    row = connected.row()
    assert row["disconnected_at"] is None
    assert connected.meta.page.subscribed_fields
    assert [each["kind"] for each in connected.syncs()] == ["CHANGES"]


def disconnect(office: Office) -> Any:
    return office.browser.post(f"{INTEGRATIONS}/facebook/{office.row()['id']}/disconnect")


def zeldas_thread(office: Office) -> int:
    with office.app.app_context():
        page = db.session.get_one(FacebookPage, office.row()["id"])
        thread = cast.conversation(cast.contact(page))
        cast.message(thread, "Is it ready?")
        return thread.id
