"""`/sign-in` and `/sign-out`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask

from inbox.actions import setup
from inbox.models import Role
from tests.cast import PASSWORD, Browser, Cast, browser, sign_in, user
from tests.processes import Starter, Web


def try_to_sign_in(made: Browser, email: str, password: str = PASSWORD) -> int:
    return made.post("/sign-in", data={"email": email, "password": password}).status_code


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


def test_the_time_of_the_answer_does_not_tell_which_addresses_exist(app: Flask) -> None:
    with app.app_context():
        setup.create_user(
            organization=None,
            name="Real",
            email="real@example.test",
            password="a real password",
            role=Role.AGENT,
        )

    def seconds(email: str) -> float:
        began = time.perf_counter()
        assert try_to_sign_in(made, email, "wrong password") == 401
        return time.perf_counter() - began

    made = browser(app)
    made.get("/sign-in")
    known, unknown = [], []
    for _ in range(8):
        known.append(seconds("real@example.test"))
        unknown.append(seconds("nobody@example.test"))
    assert min(unknown) > 0.02, "a real hash was computed"
    assert 0.6 < statistics.median(known) / statistics.median(unknown) < 1.7


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


def test_guessing_at_one_account_is_stopped_and_others_at_that_address_are_not(
    app: Flask, cast: Cast
) -> None:
    made = browser(app)
    made.get("/sign-in")
    guesses = [try_to_sign_in(made, cast.bob.email, f"guess {n}") for n in range(12)]
    assert guesses == [401] * 10 + [429] * 2
    assert try_to_sign_in(made, cast.bob.email) == 429, "not even with the right password"
    assert try_to_sign_in(made, cast.alice.email) == 302


def test_unknown_addresses_are_throttled_just_the_same(app: Flask, cast: Cast) -> None:
    made = browser(app)
    made.get("/sign-in")
    guesses = [try_to_sign_in(made, "nobody@example.test", f"guess {n}") for n in range(11)]
    assert guesses == [401] * 10 + [429]


def test_signing_in_often_is_no_guessing(app: Flask, cast: Cast) -> None:
    made = browser(app)
    for _ in range(15):
        made.get("/settings/account")
        made.get("/sign-in")
        assert try_to_sign_in(made, cast.bob.email) == 302
        made.get("/settings/account")


def guess_from(app: Flask, email: str, forwarded_for: str) -> int:
    made = browser(app)
    made.get("/sign-in")
    return made.post(
        "/sign-in",
        data={"email": email, "password": "wrong"},
        headers={"X-Forwarded-For": forwarded_for, "X-Real-IP": forwarded_for},
    ).status_code


def test_a_made_up_forwarded_address_does_not_change_who_is_throttled(
    app: Flask, cast: Cast
) -> None:
    guesses = [guess_from(app, cast.bob.email, f"203.0.113.{n}") for n in range(11)]
    assert guesses == [401] * 10 + [429]


def test_behind_a_trusted_proxy_the_last_forwarded_address_counts(
    app_with: Callable[..., Flask], cast: Cast
) -> None:
    proxied = app_with(TRUSTED_PROXIES="1")
    spoofed = [guess_from(proxied, cast.bob.email, f"9.9.9.{n}, 203.0.113.7") for n in range(11)]
    assert spoofed == [401] * 10 + [429]
    assert guess_from(proxied, cast.bob.email, "203.0.113.8") == 401


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


def test_line_breaks_in_an_address_reach_no_log(
    app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    made = browser(app)
    made.get("/sign-in")
    with caplog.at_level(0):
        for _ in range(12):
            try_to_sign_in(made, "x@example.test\n2026-01-01 CRITICAL forged", "wrong")
    assert "forged" not in caplog.text


def post_from_outside(url: str, email: str, password: str) -> int:
    with requests.Session() as session:
        token = session.get(f"{url}/sign-in", timeout=10).text.split('name="csrf_token" value="')[1]
        data = {"email": email, "password": password, "csrf_token": token.split('"')[0]}
        return session.post(
            f"{url}/sign-in", data=data, timeout=10, allow_redirects=False
        ).status_code


def test_a_flood_of_guesses_holds_nobody_else_up(live: Web, cast: Cast) -> None:
    def guess(number: int) -> int:
        return post_from_outside(live.url, f"nobody-{number}@example.test", "a guess")

    slowest = 0.0
    with ThreadPoolExecutor(40) as pool:
        guesses = [pool.submit(guess, number) for number in range(80)]
        while not all(future.done() for future in guesses):
            began = time.perf_counter()
            assert requests.get(f"{live.url}/health", timeout=10).status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
    answers = {future.result() for future in guesses}
    assert 429 in answers, "there were more than it could check"
    assert answers <= {401, 429}
    assert slowest < 5, "seconds, on a machine that is busy otherwise too"


def test_guessing_is_stopped_and_sign_in_works_while_redis_is_away(
    start: Starter, cast: Cast
) -> None:
    web = start.web(REDIS_URL="redis://127.0.0.1:1/0")
    guesses = [post_from_outside(web.url, cast.bob.email, f"guess {n}") for n in range(11)]
    assert guesses == [401] * 10 + [429]
    assert post_from_outside(web.url, cast.alice.email, PASSWORD) == 302
