"""What a login allows: which pages, which doors, and how it is taken back."""

from __future__ import annotations

import hashlib
import hmac

import requests

from inbox.simulator.owners import SCOPES
from inbox.simulator.pretend import PageSettings
from inbox.simulator.world import Page, Person
from tests.simulator.facebook_app import BACK, App, as_
from tests.simulator.graph import APP_SECRET, Graph, error


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
