"""Alice looks at the only Page of her organization."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from inbox.local.processes import Process
from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.integrations.card import PATH, settled
from tests.e2e.window import Window
from tests.integrations.syncs import connect
from tests.processes import Starter
from tests.stores import Database

Worker = Callable[[], Process]


@pytest.fixture
def page(app: Flask, cast: Cast, meta: Simulator, database: Database) -> FacebookPage:
    with app.app_context():
        connected = connect(cast.organization, meta)
    database.rows("DELETE FROM messages; DELETE FROM conversations; DELETE FROM contacts")
    database.rows("DELETE FROM facebook_pages WHERE id = %s", cast.page.id)
    return connected


@pytest.fixture
def worker(start: Starter) -> Worker:
    """Call it to start the worker of syncs."""
    return lambda: start.workers("sync")


@pytest.fixture
def alice(cast: Cast, page: FacebookPage, window: OpenWindow) -> Window:
    return settled(window(cast.alice, PATH))
