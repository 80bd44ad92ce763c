"""The cast at the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.seats import Seat
from tests.cast import Cast
from tests.processes import Web
from tests.webhooks.wire import Door


@pytest.fixture
def alice(cast: Cast, app: Flask, live: Web) -> Seat:
    return Seat.of(cast.alice, app, live.url)


@pytest.fixture
def bob(cast: Cast, app: Flask, live: Web) -> Seat:
    return Seat.of(cast.bob, app, live.url)


@pytest.fixture
def charlie(cast: Cast, app: Flask, live: Web) -> Seat:
    return Seat.of(cast.charlie, app, live.url)


@pytest.fixture
def mallory(cast: Cast, app: Flask, live: Web) -> Seat:
    return Seat.of(cast.mallory, app, live.url)


@pytest.fixture
def listening(alice: Seat) -> Iterator[Seat]:
    """Alice, with her socket."""
    with alice:
        yield alice


@pytest.fixture
def door(live: Web) -> Door:
    return Door(live.url)
