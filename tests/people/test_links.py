"""Invite and reset links."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.cast import Cast, browser, sign_in
from tests.people.invitations import NEW_PASSWORD, choose_password, invite, new_link
from tests.stores import Database


def test_an_invited_person_chooses_a_password_and_is_in(
    app: Flask, cast: Cast, database: Database
) -> None:
    token = invite(sign_in(app, cast.alice))
    guest = browser(app)
    guest.get("/welcome")
    page = guest.post("/welcome", data={"token": token})
    assert page.status_code == 200
    assert "Welcome, Ivy" in page.text
    assert "Bluebird Bakery" in page.text
    assert choose_password(guest, token) == 302
    assert guest.get("/settings/account").status_code == 200
    assert guest.get("/settings/team").status_code == 403
    sign_in(app, "ivy@example.test", NEW_PASSWORD)
    row = database.rows("SELECT * FROM users WHERE name = 'Ivy'")[0]
    assert (row["role"], row["organization_id"]) == ("AGENT", cast.organization.id)


def test_only_a_hash_of_the_link_is_stored_and_it_is_shown_once(
    app: Flask, cast: Cast, database: Database
) -> None:
    admin = sign_in(app, cast.alice)
    token = invite(admin)
    assert token not in admin.get("/settings/team").text
    assert token not in str(database.rows("SELECT * FROM user_links"))
    assert database.value("SELECT length(token_hash) FROM user_links") == 64


def test_a_new_link_is_shown_by_the_page_that_follows_and_by_no_address(
    app: Flask, cast: Cast, database: Database
) -> None:
    admin = sign_in(app, cast.alice)
    answer = admin.post(f"/settings/team/{cast.bob.id}/link")
    assert (answer.status_code, answer.location) == (303, "/settings/team")
    assert "Reset link for Bob" in admin.get("/settings/team").text
    assert "Reset link for Bob" not in admin.get("/settings/team").text
    assert database.value("SELECT count(*) FROM user_links") == 1


def test_who_is_invited_already_gets_a_new_link_and_no_second_account(
    app: Flask, cast: Cast, database: Database
) -> None:
    admin = sign_in(app, cast.alice)
    invite(admin)
    ivy = {"name": "Ivy", "email": "IVY@example.test", "role": "AGENT"}
    answer = admin.post("/settings/team", data=ivy)
    assert answer.status_code == 409
    assert "Already invited: make a new link" in answer.text
    assert database.value("SELECT count(*) FROM users WHERE name = 'Ivy'") == 1
    elsewhere = sign_in(app, cast.mallory).post("/settings/team", data=ivy)
    assert "already belongs to an account" in elsewhere.text


def test_a_link_works_once(app: Flask, cast: Cast) -> None:
    token = invite(sign_in(app, cast.alice))
    assert choose_password(browser(app), token) == 302
    again = browser(app)
    assert choose_password(again, token, "another password") == 410
    assert again.post("/welcome", data={"token": token}).status_code == 410


def test_two_who_use_a_link_at_once_are_not_both_let_in(app: Flask, cast: Cast) -> None:
    token = invite(sign_in(app, cast.alice))
    browsers = [browser(app) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda made: choose_password(made, token), browsers))
    assert answers == [302, 410, 410, 410]


@pytest.mark.parametrize(("purpose", "hours"), [("INVITE", 7 * 24), ("RESET", 24)])
def test_a_link_expires(
    app: Flask, cast: Cast, database: Database, purpose: str, hours: int
) -> None:
    admin = sign_in(app, cast.alice)
    token = invite(admin) if purpose == "INVITE" else new_link(admin, cast.bob.id)
    left = database.rows(
        "SELECT purpose, extract(epoch FROM expires_at - now()) / 3600 AS hours FROM user_links"
    )[0]
    assert left["purpose"] == purpose
    assert hours - 0.1 < left["hours"] <= hours
    database.rows("UPDATE user_links SET expires_at = now() - interval '1 second'")
    assert choose_password(browser(app), token) == 410


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 5000, "a\x00b"])
def test_a_made_up_link_opens_nothing(app: Flask, cast: Cast, token: str) -> None:
    made = browser(app)
    made.get("/welcome")
    assert made.post("/welcome", data={"token": token}).status_code == 410
    assert choose_password(made, token) == 410


def test_a_newer_link_ends_the_older_one(app: Flask, cast: Cast, database: Database) -> None:
    admin = sign_in(app, cast.alice)
    first = invite(admin)
    ivy = database.value("SELECT id FROM users WHERE name = 'Ivy'")
    second = new_link(admin, ivy)
    assert choose_password(browser(app), first) == 410
    assert choose_password(browser(app), second) == 302


def test_a_reset_link_ends_the_sessions_of_its_person(app: Flask, cast: Cast) -> None:
    bob = sign_in(app, cast.bob)
    token = new_link(sign_in(app, cast.alice), cast.bob.id)
    assert bob.get("/settings/account").status_code == 200, "the link alone ends nothing"
    fresh = browser(app)
    assert choose_password(fresh, token) == 302
    assert fresh.get("/settings/account").status_code == 200
    assert bob.get("/settings/account").status_code == 302


def test_no_link_is_made_for_a_deactivated_person(
    app: Flask, cast: Cast, database: Database
) -> None:
    admin = sign_in(app, cast.alice)
    admin.post(f"/settings/team/{cast.bob.id}/deactivate")
    assert admin.post(f"/settings/team/{cast.bob.id}/link").status_code == 303
    assert database.value("SELECT count(*) FROM user_links") == 0
