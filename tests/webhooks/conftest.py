"""Meta's door, the threads it tells of, and Alice, who may see all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.seats import Seat
from tests.cast import Cast
from tests.processes import Web
from tests.webhooks.wire import Door, Line


@pytest.fixture
def door(live: Web) -> Door:
    return Door(live.url)


@pytest.fixture
def messenger(cast: Cast) -> Line:
    """A person who has never written before, on Messenger."""
    return Line("FACEBOOK", cast.page.page_id, "7000001")


@pytest.fixture
def instagram(cast: Cast) -> Line:
    assert cast.page.instagram_account_id
    return Line("INSTAGRAM", cast.page.instagram_account_id, "8000001")


@pytest.fixture(params=["messenger", "instagram"])
def line(request: pytest.FixtureRequest) -> Line:
    """For what behaves the same on both platforms."""
    found: Line = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def alice(cast: Cast, app: Flask, live: Web) -> Iterator[Seat]:
    with Seat.of(cast.alice, app, live.url) as seat:
        yield seat
