"""The socket's door: who may listen, and until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import socketio
import websocket
from flask import Flask

from tests.api.seats import Seat
from tests.cast import PASSWORD, Cast
from tests.processes import Web
from tests.realtime.ears import Ear
from tests.realtime.raw import CONNECT, CONNECT_ERROR, MESSAGE, raw_socket
from tests.webhooks.wire import Door, Line


@pytest.mark.parametrize(
    "auth",
    [
        "",
        json.dumps({"token": "inbox_wrong"}),
        json.dumps({"token": ""}),
        json.dumps({"token": None}),
        json.dumps({"token": {"$ne": ""}}),
        json.dumps({"token": "\x00"}),
        json.dumps({"token": "x" * 5000}),
        json.dumps({"user_id": 1}),
        json.dumps(["token"]),
        json.dumps("token"),
        "7",
    ],
)
def test_without_a_right_token_a_socket_is_refused(auth: str, live: Web, cast: Cast) -> None:
    with raw_socket(live.url) as socket:
        socket.send(MESSAGE + CONNECT + auth)
        assert socket.receive().startswith(MESSAGE + CONNECT_ERROR)


def test_a_browser_without_a_session_is_refused_and_with_one_it_listens(
    door: Door, zelda: Line, live: Web, cast: Cast
) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Ear(live.url, None)
    with Ear(live.url, None, Cookie=cookies_of(live, "alice")) as ear:
        door.takes(zelda.delivery(zelda.text("Hello")))
        assert ear.waits_for("new_message")["message"]["content"] == "Hello"


@contextmanager
def signed_in(live: Web, name: str) -> Iterator[requests.Session]:
    """By the page, with its CSRF token, which later changes carry too."""
    with requests.Session() as browser:
        browser.trust_env = False
        form = {"email": f"{name}@example.test", "password": PASSWORD}
        form["csrf_token"] = csrf_token(browser.get(f"{live.url}/sign-in").text)
        answer = browser.post(f"{live.url}/sign-in", data=form, allow_redirects=False)
        assert answer.status_code == 302
        yield browser


def cookies_of(live: Web, name: str) -> str:
    with signed_in(live, name) as browser:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def csrf_token(page: str) -> str:
    before, _, after = page.partition('name="csrf_token"')
    assert before
    return after.partition('value="')[2].partition('"')[0]


def test_a_deactivated_users_sockets_close_at_once_and_do_not_open_again(
    live: Web, cast: Cast, app: Flask
) -> None:
    with Seat.of(cast.bob, app, live.url) as bob, Seat.of(cast.charlie, app, live.url) as charlie:
        tab = Ear(live.url, bob.token)
        with signed_in(live, "alice") as alice:
            form = {"csrf_token": csrf_token(alice.get(f"{live.url}/settings/team").text)}
            assert alice.post(f"{live.url}/settings/team/{cast.bob.id}/deactivate", data=form).ok
        for ear in (bob.ear, tab):
            ear.waits_until_closed(1)
        with pytest.raises(socketio.exceptions.ConnectionError):
            Ear(live.url, bob.token)
        assert charlie.ear.is_open


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_socket_of_another_site_is_refused_whatever_cookie_it_brings(
    origin: str, live: Web, cast: Cast
) -> None:
    cookies = cookies_of(live, "alice")
    with raw_socket(live.url, cookie=cookies, origin=live.url) as socket:
        socket.send(MESSAGE + CONNECT)
        assert socket.receive().startswith(MESSAGE + CONNECT)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        raw_socket(live.url, cookie=cookies, origin=origin).__enter__()
    assert refused.value.status_code == 400
    polling = f"{live.url}/socket.io/?EIO=4&transport=polling"
    answer = requests.get(polling, headers={"Cookie": cookies, "Origin": origin}, timeout=5)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_nobody_can_ask_for_a_room(
    *, door: Door, zelda: Line, live: Web, cast: Cast, app: Flask
) -> None:
    room = f"org:{cast.organization.id}:admins"
    tries = {"join": room, "join_room": {"room": room}, "enter_room": room, "subscribe": room}
    with Seat.of(cast.mallory, app, live.url) as mallory, Ear(live.url, mallory.token) as ear:
        for name, content in tries.items():
            ear.says(name, content)
        door.takes(zelda.delivery(zelda.text("secret")))
        own = Line("FACEBOOK", cast.other_page.page_id, "7400001")
        door.takes(own.delivery(own.text("mine")))
        assert ear.waits_for("new_message")["message"]["content"] == "mine"
        assert len(ear.heard) == 1
