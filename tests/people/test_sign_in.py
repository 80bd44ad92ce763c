"""`/sign-in` and `/sign-out`."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import PASSWORD, Cast, browser, sign_in, user
from tests.people.signing_in import try_to_sign_in


def test_who_knows_the_password_is_signed_in_and_led_to_the_inbox(app: Flask, cast: Cast) -> None:
    made = browser(app)
    made.get("/sign-in")
    answer = made.post("/sign-in", data={"email": " ALICE@example.test ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/inbox")
    assert made.get("/settings/account").status_code == 200


def test_a_wrong_password_an_unknown_address_and_a_deactivated_person_get_the_same_answer(
    app: Flask, cast: Cast
) -> None:
    with app.app_context():
        gone = user(cast.organization, "Gone", is_active=False)
    answers = set()
    for email in (cast.bob.email, "nobody@example.test", gone.email):
        made = browser(app)
        made.get("/sign-in")
        answer = made.post("/sign-in", data={"email": email, "password": "wrong password"})
        assert answer.status_code == 401
        answers.add(answer.text.replace(email, "").replace(made.csrf_token, ""))
    assert len({text[text.index("<main") :] for text in answers}) == 1


def test_an_invited_person_cannot_sign_in_before_choosing_a_password(
    app: Flask, cast: Cast
) -> None:
    sign_in(app, cast.alice).post(
        "/settings/team", data={"name": "Ivy", "email": "ivy@example.test", "role": "AGENT"}
    )
    made = browser(app)
    made.get("/sign-in")
    assert try_to_sign_in(made, "ivy@example.test", "") == 422
    assert try_to_sign_in(made, "ivy@example.test", "anything") == 401


@pytest.mark.parametrize(
    "outside",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
    ],
)
def test_next_never_leads_elsewhere(app: Flask, cast: Cast, outside: str) -> None:
    made = browser(app)
    made.get("/sign-in", query_string={"next": outside})
    answer = made.post(
        "/sign-in", data={"email": cast.bob.email, "password": PASSWORD, "next": outside}
    )
    assert answer.status_code in (302, 422)
    assert answer.location in (None, "/inbox")
    if answer.status_code == 302:
        again = made.get("/sign-in", query_string={"next": outside})
        assert again.location == "/inbox"


def test_a_local_next_is_where_one_lands(app: Flask, cast: Cast) -> None:
    made = browser(app)
    asked = made.get("/settings/account?x=1")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/settings/account?x%3D1")
    assert 'value="/settings/account?x=1"' in made.get(asked.location).text
    answer = made.post(
        "/sign-in",
        data={"email": cast.bob.email, "password": PASSWORD, "next": "/settings/account?x=1"},
    )
    assert answer.location == "/settings/account?x=1"


def test_a_session_planted_before_sign_in_does_not_live_on(app: Flask, cast: Cast) -> None:
    made = browser(app)
    made.get("/sign-in")
    with made.session_transaction() as session:
        session["planted"] = "by somebody else"
    token_before = made.csrf_token
    assert try_to_sign_in(made, cast.bob.email) == 302
    with made.session_transaction() as session:
        assert "planted" not in session
    answer = made.post(
        "/settings/account/name", data={"name": "X"}, headers={"X-CSRFToken": token_before}
    )
    assert answer.status_code == 400


def test_signing_out_takes_a_post(app: Flask, cast: Cast) -> None:
    made = sign_in(app, cast.bob)
    assert made.get("/sign-out").status_code == 405
    assert made.get("/settings/account").status_code == 200
    assert made.post("/sign-out").location == "/sign-in"
    assert made.get("/settings/account").status_code == 302


@pytest.mark.parametrize("door", ["/sign-in", "/sign-out", "/setup", "/welcome"])
def test_a_form_of_another_site_is_refused(app: Flask, cast: Cast, door: str) -> None:
    made = sign_in(app, cast.bob)
    answer = made.post(
        door,
        data={"email": cast.bob.email, "password": PASSWORD},
        headers={"X-CSRFToken": "", "Origin": "https://evil.example"},
    )
    assert answer.status_code == 400
    assert made.get("/settings/account").status_code == 200, "still signed in"


def test_an_object_where_text_is_expected_is_named(app: Flask, cast: Cast) -> None:
    made = browser(app)
    made.get("/sign-in")
    answer = made.post("/sign-in", json={"email": {"$ne": ""}, "password": ["a"]})
    assert answer.status_code == 422
    assert answer.text.count("This must be text.") == 2
