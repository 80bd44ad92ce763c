"""What no browser of ours sends: that socket is closed, and the server goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import websocket
from flask import Flask

from tests.api.seats import Seat
from tests.cast import Cast
from tests.processes import Web
from tests.realtime.raw import EVENT, MESSAGE, raw_socket
from tests.stores import Database
from tests.webhooks.wire import Door, Line

BINARY_EVENT, BINARY_ACK = "5", "6"
FRAMES: dict[str, list[str | bytes]] = {
    "an unfinished binary event": [
        MESSAGE + BINARY_EVENT + '3-["x",{"_placeholder":true,"num":0}]'
    ],
    "a binary event of a million pieces": [MESSAGE + BINARY_EVENT + "1000000-[]"],
    "an unfinished binary acknowledgement": [MESSAGE + BINARY_ACK + "1-1[]"],
    "bytes": [b"\x00\xff" * 100],
    "half JSON": [MESSAGE + EVENT + '["message",{"a":'],
    "no JSON": [MESSAGE + EVENT + "hello"],
    "an event without a name": [MESSAGE + EVENT + "[]"],
    "an event that is no list": [MESSAGE + EVENT + '{"a":1}'],
    "an event that is null": [MESSAGE + EVENT + "null"],
    "deep nesting": [MESSAGE + EVENT + "[" * 40_000],
    "an unknown packet type": [MESSAGE + "9"],
    "a letter as packet type": [MESSAGE + "x"],
    "an empty packet": [MESSAGE],
    "a CONNECT_ERROR": [MESSAGE + "4{}"],
    "a namespace without an end": [MESSAGE + EVENT + "/" + "x" * 50_000],
    "a long acknowledgement id": [MESSAGE + EVENT + "9" * 5_000 + '["x"]'],
    "the server's own connect": [MESSAGE + EVENT + '["connect",{"token":"x"}]'],
    "the server's own disconnect": [MESSAGE + EVENT + '["disconnect","x"]'],
    "the same, written otherwise": [MESSAGE + EVENT + '0["\\u0064isconnect","x"]'],
    "more than 100,000 bytes": [MESSAGE + EVENT + '["x","' + "x" * 200_000 + '"]'],
    "a flood of events": [MESSAGE + EVENT + '["x"]'] * 150,
    "a flood of pongs and events": [MESSAGE + EVENT + '["x"]', MESSAGE + "1/x,"] * 80,
}


@contextmanager
def going_on(live: Web, app: Flask, cast: Cast, door: Door, zelda: Line) -> Iterator[Seat]:
    """Afterwards somebody else still hears everything."""
    with Seat.of(cast.alice, app, live.url) as alice:
        yield alice
        assert alice.ear.is_open
        door.takes(zelda.delivery(zelda.text("still there")))
        assert alice.ear.waits_for("new_message")["message"]["content"] == "still there"
        assert live.is_ready()


def test_a_socket_that_sends_what_cannot_be_meant_is_closed_and_the_others_go_on(
    *, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line
) -> None:
    with going_on(live, app, cast, door, zelda) as alice:
        for kind, frames in FRAMES.items():
            with raw_socket(live.url, alice.token) as bad:
                for frame in frames:
                    bad.send(frame)
                assert bad.is_closed_by_server(), kind
            assert live.is_ready(), kind


HARMLESS: dict[str, str] = {
    "an unknown Engine.IO packet": "9",
    "an unknown event": MESSAGE + EVENT + '["hello",{"a":1}]',
    "an event with an odd name": MESSAGE + EVENT + '[{"a":1},2]',
    "an acknowledgement of nothing": MESSAGE + "37[]",
    "an event in a namespace that is not there": MESSAGE + EVENT + '/admin,["x"]',
    "signing in twice": MESSAGE + '0{"token":"x"}',
}


def test_what_means_nothing_does_no_harm(
    *, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line
) -> None:
    with going_on(live, app, cast, door, zelda) as alice:
        for frame in HARMLESS.values():
            with raw_socket(live.url, alice.token) as odd:
                odd.send(frame)


def test_garbage_before_signing_in_closes_the_connection(
    *, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line
) -> None:
    with going_on(live, app, cast, door, zelda):
        for frame in (MESSAGE + BINARY_EVENT + "1-[]", b"\x00", MESSAGE + "0[[[", "hello"):
            with raw_socket(live.url) as stranger:
                stranger.send(frame)
                assert stranger.is_closed_by_server()


@pytest.mark.parametrize("frame", ["3", "6", "9", "2probe", MESSAGE + EVENT + '["x"]'])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_who_writes_faster_than_we_read_keeps_nobody_waiting(
    *,
    is_signed_in: bool,
    frame: str,
    live: Web,
    app: Flask,
    cast: Cast,
    door: Door,
    zelda: Line,
) -> None:
    with going_on(live, app, cast, door, zelda) as alice:
        token = alice.token if is_signed_in else None
        with raw_socket(live.url, token) as flood, ThreadPoolExecutor(1) as pool:
            poured = pool.submit(flood.pour, frame, 300_000)  # seconds of reading
            began = time.monotonic()
            alice.get("changes")
            assert time.monotonic() - began < 1
            poured.result(10)
            assert flood.is_closed_by_server()


@pytest.mark.parametrize("opcode", [websocket.ABNF.OPCODE_PING, websocket.ABNF.OPCODE_PONG])
def test_floods_below_engine_io_are_closed_too(
    *, opcode: int, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line
) -> None:
    with going_on(live, app, cast, door, zelda), raw_socket(live.url) as flood:
        flood.pour("x", 50_000, opcode)
        assert flood.is_closed_by_server()


def test_a_message_in_fragments_is_refused_before_it_fills_the_memory(
    *, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line
) -> None:
    with going_on(live, app, cast, door, zelda), raw_socket(live.url) as endless:
        endless.send_fragment("4")
        assert endless.is_closed_by_server()


def test_a_socket_that_opens_while_the_database_is_away_is_closed_and_may_try_again(
    *, live: Web, app: Flask, cast: Cast, door: Door, zelda: Line, database: Database
) -> None:
    with going_on(live, app, cast, door, zelda) as alice:
        database.rows("ALTER TABLE api_tokens RENAME TO api_tokens_away")
        try:
            with raw_socket(live.url) as socket:
                socket.send(MESSAGE + f'0{{"token":"{alice.token}"}}')
                assert socket.is_closed_by_server()
        finally:
            database.rows("ALTER TABLE api_tokens_away RENAME TO api_tokens")
        with raw_socket(live.url, alice.token):
            pass
