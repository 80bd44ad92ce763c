"""Facebook Login: the dialog, codes and tokens, what they may do, and how all of it ends."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from inbox.simulator.owners import SCOPES
from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Page, Person
from tests.simulator.conftest import APP_SECRET, Graph, error

BACK = "https://inbox.example/api/facebook/callback?from=settings"


class App:
    """The app's side of the login, over HTTP."""

    def __init__(self, meta: Simulator) -> None:
        self.meta = meta
        self.credentials = {"client_id": meta.app.id, "client_secret": APP_SECRET}

    def dialog(self, form: dict[str, Any] | None = None, **query: Any) -> requests.Response:
        asked = {"client_id": self.meta.app.id, "redirect_uri": BACK, "state": "s1"} | query
        return requests.request(
            "GET" if form is None else "POST",
            f"{self.meta.url}/v26.0/dialog/oauth",
            params={"scope": ",".join(SCOPES)} | asked,
            data=form,
            allow_redirects=False,
            timeout=10,
        )

    def token(self, **query: Any) -> requests.Response:
        params = self.credentials | query
        return requests.get(f"{self.meta.url}/v26.0/oauth/access_token", params=params, timeout=10)

    def short(self, **allowed: Any) -> str:
        code = self.meta.login.allow(BACK, **allowed)
        return str(self.token(code=code, redirect_uri=BACK).json()["access_token"])

    def long(self, **allowed: Any) -> str:
        query = {"grant_type": "fb_exchange_token", "fb_exchange_token": self.short(**allowed)}
        return str(self.token(**query).json()["access_token"])

    def pages(self, token: str, **query: Any) -> list[dict[str, Any]]:
        answer = as_(self.meta, token).get("/me/accounts", **query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows

    def debug(self, token: str) -> dict[str, Any]:
        app_token = f"{self.meta.app.id}|{APP_SECRET}"
        told = as_(self.meta, app_token).get("/debug_token", input_token=token).json()
        known: dict[str, Any] = told["data"]
        return known


def as_(meta: Simulator, token: str) -> Graph:
    graph = Graph(meta)
    graph.token = token
    return graph


@pytest.fixture
def app(meta: Simulator) -> App:
    return App(meta)


@pytest.fixture
def workshop(meta: Simulator) -> Page:
    """Another page of the same person, not subscribed yet, without Instagram."""
    settings = PageSettings("20077", "Workshop", has_instagram=False, is_subscribed=False)
    return meta.add_page(settings)


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


def test_accounts_tell_what_was_asked(app: App, workshop: Page) -> None:
    fields = "id,name,access_token,tasks,category,instagram_business_account{id,username}"
    token = app.long()
    shop, other = app.pages(token, fields=fields)
    assert (shop["name"], shop["category"]) == ("Nordlys Ceramics", "Home decor")
    assert "MESSAGING" in shop["tasks"]
    account = {"id": "17841400000000001", "username": "nordlys.ceramics"}
    assert shop["instagram_business_account"] == account
    assert "instagram_business_account" not in other
    one = as_(app.meta, token).get("/20077", fields="access_token").json()
    assert one == {"access_token": other["access_token"], "id": "20077"}


def test_accounts_are_paged(app: App) -> None:
    for number in range(5):
        app.meta.add_page(PageSettings(name=f"Shop {number}"))
    graph = as_(app.meta, app.long())
    first = graph.get("/me/accounts", fields="name", limit=4).json()
    assert "next" in first["paging"]
    rest = requests.get(first["paging"]["next"], timeout=10).json()
    names = [row["name"] for row in first["data"] + rest["data"]]
    assert names == ["Nordlys Ceramics", *(f"Shop {n}" for n in range(5))]
    assert "next" not in rest["paging"]


def test_only_chosen_pages_that_are_still_theirs_are_listed(app: App, workshop: Page) -> None:
    token = app.long(page_ids=["20077"])
    assert [page["id"] for page in app.pages(token)] == ["20077"]
    assert error(as_(app.meta, token).get("/10050", fields="access_token")) == (100, 33)
    page_token = app.pages(token)[0]["access_token"]
    del app.meta.login.owner("42").roles["20077"]
    assert app.pages(token) == []
    assert error(as_(app.meta, page_token).get("/me")) == (190, 492)


def test_declined_permissions_close_doors(app: App, eva: Person, ines: Person) -> None:
    app.meta.says(eva, "hej")
    app.meta.says(ines, "hola")
    granted = [scope for scope in SCOPES if not scope.startswith("instagram")]
    page_token = app.pages(app.long(granted=granted))[0]["access_token"]
    graph = as_(app.meta, page_token)
    assert graph.get("/10050/conversations").status_code == 200
    refused = graph.get("/10050/conversations", platform="instagram")
    assert (refused.status_code, error(refused)) == (403, (200, None))
    assert error(graph.send(ines)) == (200, None)
    assert graph.send(eva).status_code == 200
    assert (
        "instagram_business_account"
        not in app.pages(app.long(granted=granted), fields="instagram_business_account")[0]
    )
    assert app.pages(app.long(granted=["pages_messaging"])) == []


def test_a_page_without_the_messaging_task(app: App) -> None:
    app.meta.add_page(PageSettings("30088", "Friend's shop", tasks=("ANALYZE", "ADVERTISE")))
    rows = app.pages(app.long(), fields="tasks,access_token")
    (row,) = [row for row in rows if row["id"] == "30088"]
    assert row["tasks"] == ["ANALYZE", "ADVERTISE"]
    graph = as_(app.meta, row["access_token"])
    assert error(graph.get("/30088/conversations")) == (200, None)
    subscribed = graph.post("/30088/subscribed_apps", {"subscribed_fields": "messages"})
    assert error(subscribed) == (200, None)


def test_subscribing_needs_its_permissions(app: App, workshop: Page) -> None:
    fields = {"subscribed_fields": "messages"}
    for granted, works in ((SCOPES, True), (("pages_show_list", "pages_manage_metadata"), False)):
        rows = app.pages(app.long(granted=granted))
        graph = as_(app.meta, rows[1]["access_token"])
        answer = graph.post("/20077/subscribed_apps", fields)
        assert (answer.status_code == 200) is works, answer.text
    assert "To subscribe to the messages field" in answer.json()["error"]["message"]
    assert workshop.subscribed_fields == ["messages"]
    assert graph.delete("/20077/subscribed_apps").status_code == 200
    assert graph.get("/20077/subscribed_apps").json() == {"data": []}


def test_debug_token_tells_everything(app: App, workshop: Page) -> None:
    granted = ["pages_show_list", "pages_messaging"]
    token = app.pages(app.long(granted=granted, page_ids=["20077"]))[0]["access_token"]
    told = app.debug(token)
    now = app.meta.login.now_s()
    assert told.pop("data_access_expires_at") - now in range(90 * 86400 - 30, 90 * 86400 + 1)
    assert now - told.pop("issued_at") in range(30)
    assert told == {
        "app_id": app.meta.app.id,
        "application": "Inbox",
        "type": "PAGE",
        "is_valid": True,
        "expires_at": 0,
        "profile_id": "20077",
        "user_id": "42",
        "scopes": granted,
        "granular_scopes": [{"scope": scope, "target_ids": ["20077"]} for scope in granted],
    }
    app.meta.login.owner("42").data_access_until_s = now + 86400
    assert app.debug(token)["data_access_expires_at"] == now + 86400
    app.meta.login.end(460)
    told = app.debug(token)
    assert (told["is_valid"], told["error"]["code"], told["scopes"]) == (False, 190, [])
    assert told["error"]["subcode"] == 460
    assert app.debug("EAABnonsense")["is_valid"] is False
    assert app.debug(f"{app.meta.app.id}|{APP_SECRET}")["type"] == "APP"


def test_a_revoked_page_is_well_again_after_a_new_login(app: App) -> None:
    token = app.long()
    old = app.pages(token)[0]["access_token"]
    app.meta.revoke_token(subcode=460)
    assert error(as_(app.meta, old).get("/me")) == (190, 460)
    new = app.pages(app.long())[0]["access_token"]
    assert new != old
    assert as_(app.meta, new).get("/me").json()["id"] == "10050"
    again = app.pages(token)[0]["access_token"]
    assert as_(app.meta, again).get("/me").status_code == 200, "the old user token gives a new one"


def test_one_permission_or_all_are_taken_back(app: App) -> None:
    token = app.long()
    page_token = app.pages(token)[0]["access_token"]
    graph = as_(app.meta, token)
    assert graph.delete("/me/permissions/pages_messaging").json() == {"success": True}
    assert error(as_(app.meta, page_token).get("/10050/conversations")) == (200, None)
    assert error(graph.delete("/me/permissions/flying")) == (100, None)
    assert graph.delete("/me/permissions").json() == {"success": True}
    for dead in (token, page_token):
        assert error(as_(app.meta, dead).get("/me")) == (190, 458)


def test_the_app_is_removed_in_the_dialog(app: App) -> None:
    token = app.long()
    address = f"{app.meta.url}/simulator/dialog/owners/42/remove_app"
    assert "Remove Inbox" in app.dialog().text
    query = {"client_id": app.meta.app.id, "redirect_uri": BACK}
    again = requests.post(address, params=query, timeout=10)
    assert (again.status_code, "Remove Inbox" in again.text) == (200, False)
    assert error(as_(app.meta, token).get("/me")) == (190, 458)


def test_a_page_without_instagram_has_no_such_conversations(app: App, workshop: Page) -> None:
    graph = as_(app.meta, workshop.token)
    assert error(graph.get("/20077/conversations", platform="instagram")) == (100, 2534013)


def test_the_proof_may_be_required(app: App) -> None:
    app.meta.limits.require_proof = True
    graph = Graph(app.meta)
    assert error(graph.get("/me")) == (100, None)
    proof = hmac.new(APP_SECRET.encode(), b"page-token", hashlib.sha256).hexdigest()
    assert graph.get("/me", appsecret_proof=proof).status_code == 200
    assert error(graph.get("/me", appsecret_proof=proof[::-1])) == (100, 104)
    assert app.debug("page-token")["is_valid"], "the app's own token is a secret already"
