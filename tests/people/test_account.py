"""Settings → Account, and the API for one's own tokens."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.cast import PASSWORD, Cast, api_token, browser, sign_in
from tests.stores import Database

NEW = "a password of my own"


def change(current: str = PASSWORD, new: str = NEW, again: str = NEW) -> dict[str, str]:
    return {"current": current, "password": new, "password_again": again}


def test_a_person_changes_their_name(app: Flask, cast: Cast, database: Database) -> None:
    made = sign_in(app, cast.bob)
    assert made.post("/settings/account/name", data={"name": " Robert "}).status_code == 303
    assert "Your name has been changed." in made.get("/settings/account").text
    assert database.value("SELECT name FROM users WHERE id = %s", cast.bob.id) == "Robert"


@pytest.mark.parametrize(
    "sent",
    [
        {"name": {"first": "Bob"}},
        {"name": ["Bob"]},
        {"name": None},
        {"name": 7},
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\nb"},
        {"name": "\ud800"},
        {"name": "Bob", "role": "ADMIN"},
        {"name": "Bob", "organization_id": 1},
        {"name": "Bob", "email": "other@example.test"},
        {"name": "Bob", "self": "x"},
        [],
        "Bob",
        None,
    ],
)
def test_what_is_no_name_is_refused(
    app: Flask, cast: Cast, database: Database, sent: object
) -> None:
    made = sign_in(app, cast.bob)
    before = database.rows("SELECT * FROM users WHERE id = %s", cast.bob.id)
    assert made.post("/settings/account/name", json=sent).status_code == 422
    assert database.rows("SELECT * FROM users WHERE id = %s", cast.bob.id) == before


def test_a_field_that_is_sent_twice_is_refused(app: Flask, cast: Cast) -> None:
    made = sign_in(app, cast.bob)
    assert made.post("/settings/account/name", data={"name": ["A", "B"]}).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_not_this_one(app: Flask, cast: Cast) -> None:
    here, there = sign_in(app, cast.bob), sign_in(app, cast.bob)
    assert there.get("/settings/account").status_code == 200
    assert here.post("/settings/account/password", data=change()).status_code == 303
    assert "has been changed" in here.get("/settings/account").text
    assert there.get("/settings/account").status_code == 302
    sign_in(app, cast.bob, NEW)


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (change(current="wrong"), 401, "This is not your password."),
        (change(new="short", again="short"), 422, "Use at least 8 characters."),
        (change(again="other"), 422, "This is not the same password."),
        (change(current=""), 422, "This is needed."),
        (change(new="x" * 201, again="x" * 201), 422, "This is too long"),
    ],
)
def test_a_password_change_that_cannot_be_made_says_why(
    app: Flask, cast: Cast, sent: dict[str, str], status: int, words: str
) -> None:
    made = sign_in(app, cast.bob)
    answer = made.post("/settings/account/password", data=sent)
    assert answer.status_code == status
    assert words in answer.text
    sign_in(app, cast.bob)


def test_whoever_sits_at_an_open_browser_cannot_guess_the_password(app: Flask, cast: Cast) -> None:
    made = sign_in(app, cast.bob)
    answers = [
        made.post("/settings/account/password", data=change(current=f"guess {n}")).status_code
        for n in range(11)
    ]
    assert answers == [401] * 10 + [429]


def test_a_token_is_shown_once_works_and_is_revoked(
    app: Flask, cast: Cast, database: Database
) -> None:
    made = sign_in(app, cast.bob)
    page = made.post("/settings/account/tokens", data={"token_name": "Nightly export"})
    assert page.status_code == 201
    found = re.search(r'value="(inbox_[\w-]{43})"', page.text)
    assert found is not None
    token, headers = found[1], {"Authorization": f"Bearer {found[1]}"}
    assert app.test_client().get("/api/colleagues", headers=headers).status_code == 200

    account = made.get("/settings/account").text
    assert "Nightly export" in account
    assert token[:14] in account
    assert "last used" in account
    assert token not in account
    assert token not in str(database.rows("SELECT * FROM api_tokens"))

    token_id = database.value("SELECT id FROM api_tokens")
    assert made.post(f"/settings/account/tokens/{token_id}/revoke").status_code == 303
    assert app.test_client().get("/api/colleagues", headers=headers).status_code == 401
    assert "You have no API tokens." in made.get("/settings/account").text


def test_programs_make_list_and_revoke_tokens(app: Flask, cast: Cast) -> None:
    with app.app_context():
        headers = {"Authorization": f"Bearer {api_token(cast.bob, 'First')}"}
    client = app.test_client()
    made = client.post("/api/tokens", json={"name": "Second"}, headers=headers)
    assert made.status_code == 201
    second = made.get_json()
    assert second["token"].startswith(second["hint"])
    items = client.get("/api/tokens", headers=headers).get_json()["items"]
    assert [item["name"] for item in items] == ["Second", "First"]
    assert all("token" not in item and "hash" not in str(item) for item in items)
    assert client.delete(f"/api/tokens/{second['id']}", headers=headers).status_code == 204
    other = {"Authorization": f"Bearer {second['token']}"}
    assert client.get("/api/tokens", headers=other).status_code == 401
    left = client.get("/api/tokens", headers=headers).get_json()["items"]
    assert [item["name"] for item in left] == ["First"]


@pytest.mark.parametrize("sent", [{}, {"name": {}}, {"name": "x", "userId": 1}, [], None])
def test_a_token_that_cannot_be_made_names_the_fields(app: Flask, cast: Cast, sent: object) -> None:
    answer = sign_in(app, cast.bob).post("/api/tokens", json=sent)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "invalid"
    assert answer.get_json()["error"]["fields"]


def test_colleagues_are_the_active_people_of_the_organization(app: Flask, cast: Cast) -> None:
    sign_in(app, cast.alice).post(f"/settings/team/{cast.charlie.id}/deactivate")
    items = sign_in(app, cast.bob).get("/api/colleagues").get_json()["items"]
    assert items == [
        {"id": str(cast.alice.id), "name": "Alice", "role": "ADMIN"},
        {"id": str(cast.bob.id), "name": "Bob", "role": "AGENT"},
    ]


def test_a_made_up_token_opens_nothing(app: Flask, cast: Cast) -> None:
    for token in ("inbox_" + "a" * 43, "x", "a\x00b", "ü"):
        answer = browser(app).get(
            "/api/colleagues", headers={"Authorization": f"Bearer {token}".encode("latin-1")}
        )
        assert answer.status_code == 401
