"""The cast at their sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.api.seats import Seat
from tests.cast import Cast
from tests.processes import Web
from tests.webhooks.wire import Door, Line


@dataclass
class Seats:
    """Alice sees all of her organization, Bob the conversation that is his; Charlie and Mallory
    nothing of that."""

    alice: Seat
    bob: Seat
    charlie: Seat
    mallory: Seat


@pytest.fixture
def seats(cast: Cast, app: Flask, live: Web) -> Iterator[Seats]:
    with ExitStack() as stack:
        people = (cast.alice, cast.bob, cast.charlie, cast.mallory)
        yield Seats(*(stack.enter_context(Seat.of(who, app, live.url)) for who in people))


@pytest.fixture
def door(live: Web) -> Door:
    return Door(live.url)


@pytest.fixture
def zelda(cast: Cast) -> Line:
    """Bob's customer."""
    assert cast.contact.messenger_psid
    return Line("FACEBOOK", cast.page.page_id, cast.contact.messenger_psid)


@pytest.fixture
def mallorys(cast: Cast) -> Line:
    """A customer of the other organization."""
    return Line("FACEBOOK", cast.other_page.page_id, "7200001")
