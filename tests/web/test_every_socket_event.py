"""Every event a browser can send, as each person who might; and who hears what."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import socketio
from flask import Flask
from socketio.exceptions import ConnectionError as NotLetIn

from inbox.extensions import socketio as door
from tests.apps import APP_SECRET
from tests.bounds import eventually
from tests.cast import Browser, Cast, api_token, sign_in
from tests.processes import Web
from tests.web.route_table import WORDS, socket_events

# How each event is sent, and what comes of it for somebody who may not. A new event needs a line.
WALKED = {"connect", "disconnect"}


class Ear:
    """A socket of one person, and what it has heard."""

    def __init__(self, url: str, *, cookie: str = "", token: object = None) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", lambda name, payload=None: self.heard.append((name, payload)))
        self.client.connect(
            url,
            auth=None if token is None else {"token": token},
            headers={"Cookie": cookie} if cookie else {},
            transports=["websocket"],
            wait_timeout=5,
        )

    @property
    def new_messages(self) -> list[str]:
        return [p["message"]["content"] for name, p in self.heard if name == "new_message"]


@pytest.fixture
def listen(live: Web) -> Iterator[Callable[..., Ear]]:
    ears: list[Ear] = []

    def listen(**who: object) -> Ear:
        ears.append(Ear(live.url, **who))  # type: ignore[arg-type]  # cookie or token
        return ears[-1]

    yield listen
    for ear in ears:
        with suppress(Exception):
            ear.client.disconnect()


def cookie_of(made: Browser) -> str:
    cookie = made.get_cookie("inbox_session")
    assert cookie is not None
    return f"inbox_session={cookie.value}"


def deliver(live: Web, cast: Cast, text: str) -> None:
    """A message of Bob's customer, signed as Meta signs."""
    event = {
        "sender": {"id": cast.contact.messenger_psid},
        "recipient": {"id": cast.page.page_id},
        "timestamp": 1_790_000_000_000,
        "message": {"mid": f"m_{text}", "text": text},
    }
    entry = {"id": cast.page.page_id, "time": 1_790_000_000_000, "messaging": [event]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    url = f"{live.url}/api/webhooks/facebook"
    assert requests.post(url, data=body, headers=headers, timeout=5).status_code == 200


def test_the_table_names_the_events_of_the_app_and_no_others(app: Flask) -> None:
    from inbox.web import sockets

    assert sockets is not None
    registered = {name for name, _, _ in door.handlers}
    assert registered == set(socket_events()), "Say in docs/routes.md who may send each."
    assert registered == WALKED, "Walk it here."
    assert set(socket_events().values()) <= set(WORDS)


@pytest.mark.parametrize("token", ["", "inbox_" + "a" * 43, {"a": 1}, ["x"], 7, None, "a\x00b"])
def test_nobody_is_let_in(listen: Callable[..., Ear], token: object) -> None:
    with pytest.raises(NotLetIn):
        listen(token=token)


def test_a_made_up_or_altered_cookie_lets_nobody_in(
    app: Flask, cast: Cast, listen: Callable[..., Ear]
) -> None:
    cookie = cookie_of(sign_in(app, cast.bob))
    assert listen(cookie=cookie).client.connected
    for altered in (cookie[:-4] + "AAAA", "inbox_session=x"):
        with pytest.raises(NotLetIn):
            listen(cookie=altered)


def test_a_message_reaches_admins_and_its_holder_and_nobody_else(
    app: Flask, cast: Cast, live: Web, listen: Callable[..., Ear]
) -> None:
    with app.app_context():
        by_token = listen(token=api_token(cast.bob))
    people = [cast.alice, cast.bob, cast.charlie, cast.mallory]
    alice, bob, charlie, mallory = (
        listen(cookie=cookie_of(sign_in(app, person))) for person in people
    )
    for outsider in (charlie, mallory):
        for name in ("join", "subscribe", "conversation", "typing", "viewing", "message"):
            outsider.client.emit(name, {"room": f"user:{cast.bob.id}", "id": cast.conversation.id})
            outsider.client.emit(name, f"org:{cast.organization.id}:admins")
    deliver(live, cast, "first")
    deliver(live, cast, "second")
    insiders = (alice, bob, by_token)
    eventually(lambda: all(ear.new_messages == ["first", "second"] for ear in insiders))
    for outsider in (charlie, mallory):
        assert outsider.client.connected, "listening all the while"
        assert [name for name, _ in outsider.heard if name != "pulse"] == []


def test_a_deactivated_persons_sockets_close_at_once_and_open_no_more(
    app: Flask, cast: Cast, live: Web, listen: Callable[..., Ear]
) -> None:
    with app.app_context():
        token = api_token(cast.bob)
    cookie = cookie_of(sign_in(app, cast.bob))
    ears = [listen(cookie=cookie), listen(token=token)]
    others = listen(cookie=cookie_of(sign_in(app, cast.charlie)))
    deliver(live, cast, "before")
    eventually(lambda: all(ear.new_messages == ["before"] for ear in ears))

    sign_in(app, cast.alice).post(f"/settings/team/{cast.bob.id}/deactivate")

    eventually(lambda: not any(ear.client.connected for ear in ears))
    deliver(live, cast, "after")
    assert all(ear.new_messages == ["before"] for ear in ears)
    assert others.client.connected
    for who in ({"cookie": cookie}, {"token": token}):
        with pytest.raises(NotLetIn):
            listen(**who)


def test_a_new_role_moves_the_sockets(
    app: Flask, cast: Cast, live: Web, listen: Callable[..., Ear]
) -> None:
    cookie = cookie_of(sign_in(app, cast.charlie))
    agent = listen(cookie=cookie)
    alice = sign_in(app, cast.alice)
    alice.post(f"/settings/team/{cast.charlie.id}/role", data={"role": "ADMIN"})
    eventually(lambda: not agent.client.connected)
    admin = listen(cookie=cookie)
    deliver(live, cast, "to an admin")
    eventually(lambda: admin.new_messages == ["to an admin"])

    alice.post(f"/settings/team/{cast.charlie.id}/role", data={"role": "AGENT"})
    eventually(lambda: not admin.client.connected)
    watcher = listen(cookie=cookie_of(sign_in(app, cast.bob)))
    again = listen(cookie=cookie)
    deliver(live, cast, "not to an agent")
    eventually(lambda: watcher.new_messages == ["not to an agent"])
    assert again.client.connected
    assert again.new_messages == []


def test_sign_out_closes_the_sockets_of_that_person(
    app: Flask, cast: Cast, listen: Callable[..., Ear]
) -> None:
    made = sign_in(app, cast.bob)
    ear = listen(cookie=cookie_of(made))
    made.post("/sign-out")
    eventually(lambda: not ear.client.connected)


def test_a_new_password_closes_the_sockets_of_other_sessions(
    app: Flask, cast: Cast, listen: Callable[..., Ear]
) -> None:
    here, there = sign_in(app, cast.bob), sign_in(app, cast.bob)
    cookie = cookie_of(there)
    ear = listen(cookie=cookie)
    new = "a password of my own"
    here.post(
        "/settings/account/password",
        data={"current": "a password of the tests", "password": new, "password_again": new},
    )
    eventually(lambda: not ear.client.connected)
    with pytest.raises(NotLetIn):
        listen(cookie=cookie)
    assert listen(cookie=cookie_of(here)).client.connected


def test_another_sites_page_cannot_open_a_socket_with_the_cookie(
    app: Flask, cast: Cast, live: Web
) -> None:
    client = socketio.Client(reconnection=False)
    headers = {
        "Cookie": cookie_of(sign_in(app, cast.bob)),
        "Origin": "https://evil.example",
    }
    with pytest.raises(NotLetIn):
        client.connect(live.url, headers=headers, transports=["websocket"], wait_timeout=5)
