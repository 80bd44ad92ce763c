"""`/setup`: the first run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.cast import Cast, browser
from tests.stores import Database

ANSWERS = {
    "organization": "Bluebird Bakery",
    "name": "Alice",
    "email": "alice@example.test",
    "password": "a good password",
    "password_again": "a good password",
}


def set_up(app: Flask, **changes: str) -> int:
    made = browser(app)
    made.get("/setup")
    return made.post("/setup", data=ANSWERS | changes).status_code


def test_the_first_visitor_makes_the_organization_and_is_its_admin(
    app: Flask, database: Database
) -> None:
    made = browser(app)
    assert made.get("/sign-in").location == "/setup"
    assert "first admin" in made.get("/setup").text
    answer = made.post("/setup", data=ANSWERS)
    assert (answer.status_code, answer.location) == (302, "/inbox")
    assert made.get("/settings/team").status_code == 200
    (row,) = database.rows(
        "SELECT o.name AS organization, email, role, password_hash FROM users"
        " JOIN organizations o ON o.id = organization_id"
    )
    assert (row["organization"], row["email"], row["role"]) == (
        "Bluebird Bakery",
        "alice@example.test",
        "ADMIN",
    )
    assert row["password_hash"].startswith("scrypt:")


def test_once_there_is_anybody_the_page_leads_to_sign_in_and_takes_nothing(
    app: Flask, cast: Cast, database: Database
) -> None:
    made = browser(app)
    assert made.get("/setup").location == "/sign-in"
    made.get("/sign-in")
    assert made.post("/setup", data=ANSWERS | {"email": "new@example.test"}).status_code == 409
    assert database.value("SELECT count(*) FROM users WHERE email = 'new@example.test'") == 0


def test_two_who_set_up_at_once_make_one(app: Flask, database: Database) -> None:
    browsers = [browser(app) for _ in range(4)]
    for made in browsers:
        made.get("/setup")

    def race(number: int) -> int:
        data = ANSWERS | {"organization": f"Organization {number}", "email": f"{number}@a.test"}
        return browsers[number].post("/setup", data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(race, range(4)))
    assert answers == [302, 409, 409, 409]
    assert database.value("SELECT count(*) FROM organizations") == 1
    assert database.value("SELECT count(*) FROM users") == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"email": "no address"}, "email", "This is not an e-mail address."),
        ({"organization": " "}, "organization", "This is needed."),
        ({"name": "x" * 81}, "name", "This is too long"),
        ({"name": "a\x00b"}, "name", "cannot be used"),
        ({"name": "Alice\u202egnp"}, "name", "cannot be used"),
        ({"password": "short", "password_again": "short"}, "password", "at least 8"),
        ({"password_again": "another password"}, "password_again", "not the same"),
        ({"role": "ADMIN"}, "", ""),
        ({"organization_id": "1"}, "", ""),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_rest_stays_filled_in(
    app: Flask, database: Database, changes: dict[str, str], field: str, words: str
) -> None:
    made = browser(app)
    made.get("/setup")
    answer = made.post("/setup", data=ANSWERS | changes)
    assert answer.status_code == 422
    if field:
        assert f'id="{field}-error"' in answer.text
        assert words in answer.text
    assert "a good password" not in answer.text, "no password goes back into a page"
    assert database.value("SELECT count(*) FROM users") == 0


def test_a_public_deployment_asks_for_its_setup_token(
    app_with: Callable[..., Flask], database: Database
) -> None:
    app = app_with(SETUP_TOKEN="only the operator knows")
    assert 'name="setup_token"' in browser(app).get("/setup").text
    assert set_up(app) == 401
    assert set_up(app, setup_token="only the operator know") == 401
    assert database.value("SELECT count(*) FROM users") == 0
    assert set_up(app, setup_token="only the operator knows") == 302


def test_guessing_the_setup_token_is_stopped(
    app_with: Callable[..., Flask], database: Database
) -> None:
    app = app_with(SETUP_TOKEN="only the operator knows")
    guesses = [set_up(app, setup_token=f"guess {n}") for n in range(11)]
    assert guesses == [401] * 10 + [429]
