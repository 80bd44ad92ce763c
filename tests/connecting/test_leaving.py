"""Somebody removes the app, or asks Meta to delete their data: signed requests."""

from __future__ import annotations

import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from inbox.extensions import db
from inbox.models import FacebookPage
from inbox.simulator.pretend import PageSettings
from inbox.simulator.signature import signed_request
from tests import cast
from tests.apps import APP_SECRET
from tests.bounds import eventually
from tests.cast import browser
from tests.connecting.conftest import Office
from tests.processes import Web

DEAUTHORIZE = "/api/facebook/deauthorize"
DELETION = "/api/facebook/data-deletion"


@pytest.fixture
def connected(office: Office) -> Office:
    """Two Pages that Ingrid ("42") connected, and one of Otto's."""
    other = office.meta.add_page(PageSettings(name="Nordlys Workshop"))
    office.connect(office.meta.page, other, sync=False)
    outlet = office.meta.add_page(PageSettings(name="Ottos Outlet"))
    otto = office.meta.login.add_owner("Otto", {outlet.id: ["MESSAGING", "MANAGE"]})
    office.connect(outlet, sync=False, owner_id=otto.id, pages=[outlet])
    assert len(office.rows()) == 3
    return office


def payload(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"user_id": "42", "algorithm": "HMAC-SHA256", "issued_at": now} | changes


def post(office: Office, path: str, text: str | None) -> TestResponse:
    return browser(office.app).post(path, data={} if text is None else {"signed_request": text})


def signed(**changes: Any) -> str:
    return signed_request(payload(**changes), APP_SECRET)


def failed(office: Office) -> dict[str, bool]:
    return {row["name"]: row["token_failed_at"] is not None for row in office.rows()}


def test_who_removes_the_app_leaves_their_pages_to_be_reconnected(connected: Office) -> None:
    assert post(connected, DEAUTHORIZE, signed()).status_code == 200
    wanted = {"Nordlys Ceramics": True, "Nordlys Workshop": True, "Ottos Outlet": False}
    assert failed(connected) == wanted
    told = [(each["kind"], each["title"]) for each in connected.notifications()]
    assert told == [
        ("TOKEN_EXPIRED", "Nordlys Ceramics must be reconnected"),
        ("TOKEN_EXPIRED", "Nordlys Workshop must be reconnected"),
    ]
    assert "The app was removed" in connected.row()["token_error"]


def test_metas_own_callback_is_understood(connected: Office, live: Web) -> None:
    connected.meta.login.deauthorize_url = live.url + DEAUTHORIZE
    connected.meta.login.remove_app(connected.meta.login.owner("42"))
    eventually(lambda: failed(connected)["Nordlys Ceramics"])


@pytest.mark.parametrize("path", [DEAUTHORIZE, DELETION])
@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        ".",
        "not-a-signed-request",
        "a.b.c",
        "ä.ö",
        "\x00.\x00",
        signed_request(payload(), "another secret"),
        "." + signed().partition(".")[2],
        signed().partition(".")[0] + "." + signed(user_id="43").partition(".")[2],
        signed()[:-1],
        signed() + "=",
        signed(algorithm="none"),
        signed(user_id=None),
        signed(user_id={"$ne": 0}),
        signed(expires=1_700_000_000),
        "A" * 20_000,
    ],
    ids=lambda _: "forged",  # not their texts, which hold the time
)
def test_what_meta_did_not_sign_changes_nothing(
    connected: Office, path: str, forged: str | None
) -> None:
    before = connected.rows()
    assert post(connected, path, forged).status_code == 403
    assert connected.rows() == before
    assert connected.notifications() == []
    assert connected.database.value("SELECT count(*) FROM data_deletions") == 0


@pytest.mark.parametrize("path", [DEAUTHORIZE, DELETION])
def test_without_an_app_secret_nobody_is_believed(
    connected: Office, app_with: Any, path: str
) -> None:
    app = app_with(FACEBOOK_APP_SECRET="")
    answer = browser(app).post(path, data={"signed_request": signed_request(payload(), "")})
    assert answer.status_code == 403


def test_an_old_request_sent_once_more_does_not_end_a_newer_connection(
    connected: Office,
) -> None:
    old = signed(issued_at=int(time.time()) - 3600)
    for path in (DEAUTHORIZE, DELETION):
        assert post(connected, path, old).status_code == 200
    assert not any(failed(connected).values())
    assert all(row["access_token_encrypted"] for row in connected.rows())


def test_deletion_forgets_tokens_and_who_gave_them(connected: Office) -> None:
    answer = post(connected, DELETION, signed())
    assert answer.status_code == 200
    for row in connected.rows():
        is_otto = row["name"] == "Ottos Outlet"
        assert bool(row["access_token_encrypted"]) == is_otto
        assert bool(row["connected_by_meta_user_id"]) == is_otto
        assert bool(row["disconnected_at"]) != is_otto
    assert "'42'" not in str(connected.database.rows("SELECT * FROM data_deletions"))


def test_deletion_forgets_logins_under_way(connected: Office) -> None:
    connected.choices()
    assert connected.database.value("SELECT count(*) FROM facebook_logins") == 1
    post(connected, DELETION, signed())
    assert connected.database.value("SELECT count(*) FROM facebook_logins") == 0


def test_conversations_stay_with_the_organization(connected: Office) -> None:
    with connected.app.app_context():
        page = db.session.get_one(FacebookPage, connected.row()["id"])
        thread = cast.conversation(cast.contact(page))
        cast.message(thread, "Is it ready?")
    post(connected, DELETION, signed())
    messages = connected.browser.get(f"/api/conversations/{thread.id}/messages").get_json()
    assert [each["content"] for each in messages["items"]] == ["Is it ready?"]


def test_the_answer_leads_to_a_page_that_says_what_was_deleted(connected: Office) -> None:
    answer = post(connected, DELETION, signed()).get_json()
    assert set(answer) == {"url", "confirmation_code"}
    page = browser(connected.app).get(answer["url"].removeprefix("http://localhost"))
    assert page.status_code == 200
    assert answer["confirmation_code"] in page.text
    assert "2 Pages are disconnected" in page.text
    assert "belong to the organization" in page.text
    for secret in ("Bluebird", "Nordlys", "42"):
        assert secret not in page.text.replace(answer["confirmation_code"], "")


def test_somebody_unknown_gets_a_code_too(connected: Office) -> None:
    answer = post(connected, DELETION, signed(user_id="999")).get_json()
    page = browser(connected.app).get(answer["url"].removeprefix("http://localhost"))
    assert "its tokens are gone;" in page.text
    assert all(row["access_token_encrypted"] for row in connected.rows())


def test_codes_cannot_be_guessed(connected: Office) -> None:
    codes = {
        post(connected, DELETION, signed(user_id="999")).get_json()["confirmation_code"]
        for _ in range(5)
    }
    assert len(codes) == 5
    assert all(len(code) >= 20 for code in codes)
    assert browser(connected.app).get("/data-deletion/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
