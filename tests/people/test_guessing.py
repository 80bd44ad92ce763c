"""Guessing passwords, and which addresses have an account."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask

from inbox.actions.team import setup
from inbox.models import Role
from tests.cast import PASSWORD, Cast, browser
from tests.people.signing_in import try_to_sign_in
from tests.processes import Starter, Web


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
