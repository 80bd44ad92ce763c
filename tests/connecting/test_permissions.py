"""What was declined in Facebook's dialog, and the dialog that was cancelled."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from inbox.config import Config
from inbox.meta.access.oauth import dialog_address
from inbox.meta.access.scopes import NEEDED, SCOPES, WITHOUT
from tests.apps import Environment
from tests.connecting.conftest import CONNECT, INTEGRATIONS, Office


def test_the_dialog_is_asked_for_messenger_and_instagram(office: Office) -> None:
    query = parse_qs(urlsplit(office.dialog()).query)
    assert query["scope"] == [",".join(SCOPES)]
    assert query["client_id"] == [office.meta.app.id]
    assert query["redirect_uri"] == [f"http://localhost{INTEGRATIONS}/facebook/callback"]
    assert "auth_type" not in query


def test_a_login_configuration_takes_the_place_of_scopes(environment: Environment) -> None:
    config = Config.from_environment(environment | {"FACEBOOK_LOGIN_CONFIG_ID": "77"})
    address = dialog_address(config, redirect_uri="https://x", state="s", asks_again=False)
    query = parse_qs(urlsplit(address).query)
    assert query["config_id"] == ["77"]
    assert "scope" not in query


def test_what_will_not_work_without_a_declined_permission_is_explained(office: Office) -> None:
    _, page = office.choices(without=["instagram_manage_messages"])
    assert "Some things will not work" in page.text
    assert WITHOUT["instagram_manage_messages"] in page.text
    assert WITHOUT["pages_read_engagement"] not in page.text


def test_a_page_is_connected_without_what_was_declined_and_remembers_it(office: Office) -> None:
    office.connect(without=["instagram_manage_messages"])
    assert office.row()["missing_scopes"] == ["instagram_manage_messages"]
    (told,) = office.notifications()
    assert told["kind"] == "PERMISSION_LOST"
    assert WITHOUT["instagram_manage_messages"] in told["text"]


@pytest.mark.parametrize("scope", sorted(NEEDED))
def test_without_what_inbox_needs_no_page_can_be_chosen(office: Office, scope: str) -> None:
    path, page = office.choices(without=[scope])
    assert WITHOUT[scope] in page.text
    assert "Inbox may not do what it needs to" in page.text
    assert "checked" not in page.text
    office.connect(after=path)
    assert office.rows() == []


def test_one_can_be_asked_again_for_what_was_declined(office: Office) -> None:
    _, page = office.choices(without=["pages_messaging"])
    assert f'href="{CONNECT}?again=1"' in page.text
    dialog = office.dialog(f"{CONNECT}?again=1")
    assert parse_qs(urlsplit(dialog).query)["auth_type"] == ["rerequest"]
    answer = office.browser.get(office.allow(dialog))
    assert "will not work" not in office.browser.get(answer.location).text


def test_nothing_declined_needs_no_explanation(office: Office) -> None:
    assert "declined" not in office.choices()[1].text


def test_a_cancelled_dialog_is_explained_and_its_login_is_over(office: Office) -> None:
    path = office.returned(decision="cancel")
    answer = office.browser.get(path)
    assert answer.status_code == 200
    assert "You cancelled the login at Facebook" in answer.text
    assert office.database.value("SELECT count(*) FROM facebook_logins") == 0
    assert office.browser.get(path).status_code == 400


@pytest.mark.parametrize("door", ["oauth", "owner", "accounts"])
@pytest.mark.parametrize("kind", ["transient", "truncated", "close", "rate_limit"])
def test_a_login_that_meta_does_not_complete_is_explained(
    office: Office, door: str, kind: str
) -> None:
    office.meta.faults.next(door, kind, times=2)
    answer = office.browser.get(office.returned())
    if door == "accounts":
        answer = office.browser.get(answer.location)
    assert answer.status_code == 502
    assert "Facebook did not complete the login." in answer.text
    assert office.rows() == []


def test_a_choice_that_meta_does_not_hear_can_be_made_again(office: Office) -> None:
    path, _ = office.choices()
    office.meta.faults.next("accounts", "transient")
    assert office.connect(after=path).status_code == 502
    assert office.rows() == []
    assert office.connect(after=path).status_code == 303
    assert len(office.rows()) == 1


def test_a_wrong_app_secret_is_no_crash(app: Flask, office: Office) -> None:
    office.meta.webhooks.courier.receiver.app_secret = "another"
    answer = office.browser.get(office.returned())
    assert answer.status_code == 502
