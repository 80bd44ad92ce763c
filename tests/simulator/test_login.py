"""Facebook Login: the dialog, codes and tokens, and how they end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from inbox.simulator.owners import SCOPES
from inbox.simulator.world import Page
from tests.simulator.facebook_app import BACK, App, as_
from tests.simulator.graph import APP_SECRET, error


def test_the_dialog_offers_pages_and_permissions(app: App, workshop: Page) -> None:
    shown = app.dialog()
    assert shown.status_code == 200
    for text in ("Nordlys Ceramics", "Workshop", "without Instagram", *SCOPES, "Allow", "Cancel"):
        assert text in shown.text
    css = requests.get(f"{app.meta.url}/simulator/dialog/dialog.css", timeout=10)
    assert css.headers["Content-Type"].startswith("text/css")


def test_allowing_returns_a_code_and_the_state(app: App, workshop: Page) -> None:
    form = {"decision": "allow", "pages": ["20077"], "scopes": ["pages_show_list"]}
    answer = app.dialog(form)
    assert answer.status_code == 302
    address = urlsplit(answer.headers["Location"])
    query = parse_qs(address.query)
    assert (query["from"], query["state"]) == (["settings"], ["s1"])
    token = app.token(code=query["code"][0], redirect_uri=BACK).json()["access_token"]
    assert [page["name"] for page in app.pages(token)] == ["Workshop"]
    rows = as_(app.meta, token).get("/me/permissions").json()["data"]
    statuses = {row["permission"]: row["status"] for row in rows}
    assert statuses["pages_show_list"] == "granted"
    assert statuses["pages_messaging"] == "declined"


def test_cancelling_returns_why(app: App) -> None:
    address = urlsplit(app.dialog({"decision": "cancel"}).headers["Location"])
    assert parse_qs(address.query) == {
        "from": ["settings"],
        "error_reason": ["user_denied"],
        "error": ["access_denied"],
        "error_description": ["Permissions error."],
        "state": ["s1"],
    }


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "1"},
        {"redirect_uri": ""},
        {"redirect_uri": "javascript:alert(1)"},
        {"response_type": "token"},
        {"scope": "pages_messaging,email_everybody"},
    ],
)
def test_a_dialog_that_cannot_be_shown_goes_nowhere(app: App, query: dict[str, str]) -> None:
    for form in (None, {"decision": "allow"}):
        answer = app.dialog(form, **query)
        assert (answer.status_code, "Sorry" in answer.text) == (400, True)


def test_the_dialog_returns_only_to_known_addresses(app: App) -> None:
    app.meta.login.redirects = [BACK]
    assert app.dialog().status_code == 200
    assert app.dialog(redirect_uri="https://evil.example/").status_code == 400


def test_what_was_declined_is_asked_again_only_on_request(app: App) -> None:
    scopes = [scope for scope in SCOPES if scope != "pages_messaging"]
    app.dialog({"decision": "allow", "scopes": scopes})
    offered = 'value="pages_messaging"'
    assert offered not in app.dialog().text
    assert offered in app.dialog(auth_type="rerequest").text


def test_a_code_is_good_once_soon_and_for_its_address(app: App) -> None:
    code = app.meta.login.allow(BACK)
    assert error(app.token(code=code, redirect_uri="https://x.example/")) == (100, 36008)
    first = app.token(code=code, redirect_uri=BACK).json()
    assert (first["token_type"], 3600 < first["expires_in"] < 7200) == ("bearer", True)
    assert error(app.token(code=code, redirect_uri=BACK)) == (100, 36009)
    assert error(app.token(code="AQnonsense", redirect_uri=BACK)) == (100, None)
    code = app.meta.login.allow(BACK)
    app.meta.clock.advance(660)
    assert error(app.token(code=code, redirect_uri=BACK)) == (100, 36007)


def test_the_app_must_prove_who_it_is(app: App) -> None:
    code = app.meta.login.allow(BACK)
    wrong = {"code": code, "redirect_uri": BACK}
    assert error(app.token(**wrong, client_secret="guess")) == (1, None)
    assert error(app.token(**wrong, client_id="1")) == (101, None)
    told = app.token(grant_type="client_credentials").json()
    assert told["access_token"] == f"{app.meta.app.id}|{APP_SECRET}"


def test_short_tokens_end_and_their_page_tokens_with_them(app: App) -> None:
    short = app.short()
    page_token = app.pages(short)[0]["access_token"]
    assert app.debug(page_token)["expires_at"] == app.debug(short)["expires_at"]
    assert as_(app.meta, page_token).get("/10050/conversations").status_code == 200
    app.meta.clock.advance(7200)
    for path, token in (("/me", short), ("/10050/conversations", page_token)):
        assert error(as_(app.meta, token).get(path)) == (190, 463)
    exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
    assert error(app.token(**exchange)) == (190, 463)


def test_page_tokens_of_a_long_token_have_no_end(app: App) -> None:
    long = app.long()
    days = (app.debug(long)["expires_at"] - app.meta.login.now_s()) / 86400
    assert 59 < days < 61
    page_token = app.pages(long)[0]["access_token"]
    assert app.pages(long)[0]["access_token"] == page_token, "the same at each call"
    assert app.debug(page_token)["expires_at"] == 0
    app.meta.clock.advance(90 * 86400)
    assert error(as_(app.meta, long).get("/me")) == (190, 463)
    assert as_(app.meta, page_token).get("/10050/conversations").status_code == 200
