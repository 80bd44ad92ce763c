"""Pages are connected through Facebook's login."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from inbox.actions.facebook_pages.pages import connect_page
from inbox.meta.access import subscriptions
from inbox.simulator.pretend import PageSettings
from tests.cast import sign_in
from tests.connecting.conftest import CONNECT, INTEGRATIONS, Office


def test_an_admin_connects_a_page_with_its_instagram_account(office: Office) -> None:
    office.meta.page.subscribed_fields = []
    answer = office.connect()
    assert (answer.status_code, answer.location) == (303, INTEGRATIONS)
    row = office.row()
    assert row["organization_id"] == office.cast.organization.id
    assert row["name"] == "Nordlys Ceramics"
    assert row["instagram_account_id"] == office.meta.page.instagram_account_id
    assert row["connected_by_meta_user_id"] == "42"
    assert office.meta.login.tokens[office.token()].page_id == office.meta.page.id
    assert "Connected: Nordlys Ceramics." in office.flashes()


def test_meta_delivers_from_then_on_what_inbox_understands(office: Office) -> None:
    office.meta.page.subscribed_fields = []
    office.connect()
    assert set(office.meta.page.subscribed_fields) == set(subscriptions.FIELDS)
    assert office.row()["subscribed_at"] is not None


def test_the_tokens_health_is_known_at_once(office: Office) -> None:
    office.connect()
    row = office.row()
    assert row["token_checked_at"] is not None
    assert row["token_expires_at"] is None
    in_90_days = datetime.now(UTC) + timedelta(days=90)
    assert abs(row["data_access_expires_at"] - in_90_days) < timedelta(minutes=5)
    assert row["missing_scopes"] == []


def test_the_first_sync_takes_everything(office: Office) -> None:
    office.connect()
    (sync,) = office.syncs()
    assert (sync["kind"], sync["status"]) == ("EVERYTHING", "PENDING")
    assert sync["facebook_page_id"] == office.row()["id"]
    assert sync["requested_by_id"] == office.cast.alice.id


def test_no_sync_begins_when_the_box_is_cleared(office: Office) -> None:
    assert 'name="sync" value="1" checked' in office.choices()[1].text
    office.connect(sync=False)
    assert office.row()["access_token_encrypted"]
    assert office.syncs() == []


def test_only_the_chosen_pages_are_connected(office: Office) -> None:
    second = office.meta.add_page(PageSettings(name="Nordlys Workshop"))
    third = office.meta.add_page(PageSettings(name="Nordlys Outlet"))
    path, page = office.choices()
    assert all(each.name in page.text for each in (office.meta.page, second, third))
    office.connect(second, third, after=path)
    assert {row["name"] for row in office.rows()} == {"Nordlys Workshop", "Nordlys Outlet"}


def test_choosing_none_asks_again_and_the_login_still_holds(office: Office) -> None:
    path, _ = office.choices()
    answer = office.browser.post(path, data={"sync": "1"})
    assert answer.status_code == 422
    assert "Choose at least one Page." in answer.text
    assert office.connect(after=path).location == INTEGRATIONS
    assert len(office.rows()) == 1


def test_every_page_of_somebody_with_many_is_offered(office: Office) -> None:
    for number in range(230):
        office.meta.add_page(PageSettings(name=f"Branch {number}", has_instagram=False))
    _, page = office.choices()
    assert page.text.count('name="pages"') == 231


def test_a_page_without_instagram_is_connected_without_it(office: Office) -> None:
    plain = office.meta.add_page(PageSettings(name="Plain", has_instagram=False))
    office.connect(plain)
    assert office.row(plain)["instagram_account_id"] is None
    assert office.row(plain)["missing_scopes"] == []


def test_a_page_on_which_one_may_not_message_cannot_be_chosen(office: Office) -> None:
    office.meta.login.give(office.meta.page, ["ANALYZE", "ADVERTISE"])
    path, page = office.choices()
    assert "Your role on this Page does not include its messages." in page.text
    assert f'value="{office.meta.page.id}" disabled' in page.text
    office.connect(after=path)
    assert office.rows() == []
    assert "does not include its messages" in office.flashes()


def test_an_instagram_account_of_another_page_keeps_its_page(office: Office) -> None:
    with office.app.app_context():
        connect_page(
            office.cast.organization,
            page_id="111",
            name="Old Page",
            token="a token",
            instagram_account_id=office.meta.page.instagram_account_id,
        )
    path, page = office.choices()
    assert "Its Instagram account is connected through another Page." in page.text
    office.connect(after=path)
    assert office.rows() == []


def test_who_has_no_page_is_told_so(office: Office) -> None:
    _, page = office.choices(pages=[])
    assert "Facebook lists no Page for you." in page.text


def test_a_name_with_markup_is_shown_as_text(office: Office) -> None:
    office.meta.page.name = "<script>alert(1)</script> & Sons"
    path, page = office.choices()
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in page.text
    office.connect(after=path)
    assert "<script>alert" not in office.flashes()


def test_pages_are_connected_although_meta_does_not_subscribe_them_yet(office: Office) -> None:
    second = office.meta.add_page(PageSettings(name="Nordlys Workshop"))
    office.meta.faults.next("subscribed_apps", "transient")
    office.connect(office.meta.page, second)
    assert [row["subscribed_at"] for row in office.rows()] == [None, None]
    assert "Inbox asks again by itself." in office.flashes()
    due = "SELECT count(*) FROM facebook_pages WHERE subscription_check_due_at <= now()"
    assert office.database.value(due) == 2


def test_an_inbox_without_an_app_says_what_is_missing(
    office: Office, app_with: Callable[..., Flask]
) -> None:
    answer = sign_in(app_with(FACEBOOK_APP_ID=""), office.cast.alice).get(CONNECT)
    assert answer.status_code == 409
    assert "FACEBOOK_APP_ID" in answer.text
