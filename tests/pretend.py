"""Fixtures: the pretend Meta, at the Graph address that every process of the tests is given."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from tests.apps import APP_SECRET, VERIFY_TOKEN, Environment


@pytest.fixture
def meta(environment: Environment) -> Iterator[Simulator]:
    """A new pretend Meta for each test, with one page (`meta.page`) and nobody who writes yet.

    Its webhooks go to `live`; ask for both. For a web process of the test's own, change
    `meta.webhooks.courier.receiver.url`.
    """
    with Simulator(
        port=urlsplit(environment["FACEBOOK_GRAPH_URL"]).port or 0,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        webhook_url=f"http://127.0.0.1:{environment['PORT']}/api/webhooks/facebook",
        page=PageSettings(name="Nordlys Ceramics"),
        seed=1,
    ) as pretend:
        yield pretend
