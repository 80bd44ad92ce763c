"""Fixtures: the app inside the test's own process, for what needs no socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from inbox import create_app
from inbox.config import Config
from inbox.extensions import db
from inbox.local.processes import free_port
from inbox.local.stores import Stores
from inbox.realtime import realtime
from tests.stores import Database

APP_SECRET = "the app secret of the tests"
VERIFY_TOKEN = "the verify token of the tests"

Environment = dict[str, str]


@pytest.fixture(scope="session")
def environment(stores: Stores, database_url: str) -> Environment:
    """What every process of the tests is given. Graph and the login dialog are at `meta`."""
    graph = f"127.0.0.1:{free_port()}"
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": stores.redis.url,
        "SECRET_KEY": "a key that is no secret, of 32 letters or more",
        "ENCRYPTION_KEYS": "bm90LWEtc2VjcmV0LWJ1dC0zMi1ieXRlcy1sb25nISE=",
        "FACEBOOK_APP_ID": "5550001",  # the pretend Meta's own
        "FACEBOOK_APP_SECRET": APP_SECRET,
        "FACEBOOK_WEBHOOK_VERIFY_TOKEN": VERIFY_TOKEN,
        "FACEBOOK_GRAPH_URL": f"http://{graph}",
        "FACEBOOK_DIALOG_URL": f"http://{graph}",
        "MEDIA_HOSTS": graph,
        "FACEBOOK_CONVERSATION_CALLS_PER_SECOND": "1000",  # Meta's law has tests of its own
        "PORT": str(free_port()),
    }


@pytest.fixture(scope="session")
def shared_app(environment: Environment) -> Iterator[Flask]:
    """One app for all tests of a run: making one takes a while and it keeps no state."""
    app = create_app(Config.from_environment(environment))
    app.testing = True
    yield app
    _close(app)


@pytest.fixture(scope="session")
def migrated(shared_app: Flask) -> None:
    with shared_app.app_context():
        upgrade()


@pytest.fixture
def app(shared_app: Flask, database: Database, stores: Stores) -> Flask:
    """The app, with an empty database. Use `with app.app_context():` to call actions."""
    if stores.postgresql.process.pid != shared_app.extensions.get("seen_postgresql"):
        with shared_app.app_context():
            db.engine.dispose()  # a test has killed the server that these connections led to
        shared_app.extensions["seen_postgresql"] = stores.postgresql.process.pid
    return shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies. Ask `app.test_client()` for more of them."""
    return app.test_client()


@pytest.fixture
def app_with(environment: Environment, database: Database) -> Iterator[Callable[..., Flask]]:
    """Makes an app with other settings: `app_with(SETUP_TOKEN="…")`."""
    made: list[Flask] = []

    def make(**changes: str) -> Flask:
        app = create_app(Config.from_environment(environment | changes))
        app.testing = True
        made.append(app)
        return app

    yield make
    for app in made:
        _close(app)


def _close(app: Flask) -> None:
    """Its connections, which a process would close at its end."""
    with app.app_context():
        db.engine.dispose()
    realtime(app).bus._publisher.close()
