"""Fixtures: a receiver of webhooks, a pretend Meta that sends to it, and who calls it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Page, Person
from tests.simulator.facebook_app import App
from tests.simulator.graph import APP_SECRET, Graph
from tests.simulator.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    server = made.start()
    yield made
    made.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def meta(receiver: Receiver) -> Iterator[Simulator]:
    with Simulator(
        app_secret=APP_SECRET,
        verify_token=receiver.verify_token,
        webhook_url=receiver.url,
        page=PageSettings(id="10050", token="page-token", instagram_account_id="17841400000000001"),
        seed=1,
    ) as pretend:
        yield pretend


@pytest.fixture
def graph(meta: Simulator) -> Graph:
    return Graph(meta)


@pytest.fixture
def eva(meta: Simulator) -> Person:
    """Writes on Messenger."""
    return meta.add_person("Eva Lund")


@pytest.fixture
def ines(meta: Simulator) -> Person:
    """Writes on Instagram."""
    return meta.add_person("Inés Vega", "instagram", username="ines.vega")


@pytest.fixture
def app(meta: Simulator) -> App:
    return App(meta)


@pytest.fixture
def workshop(meta: Simulator) -> Page:
    """Another page of the same person, not subscribed yet, without Instagram."""
    settings = PageSettings("20077", "Workshop", has_instagram=False, is_subscribed=False)
    return meta.add_page(settings)
