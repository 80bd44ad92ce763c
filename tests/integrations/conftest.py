"""Fixtures: Alice's browser, and a page of hers at the pretend Meta."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from tests.cast import Browser, Cast, sign_in
from tests.integrations.syncs import connect


@pytest.fixture
def alice(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.alice)


@pytest.fixture
def page(app: Flask, cast: Cast, meta: Simulator) -> FacebookPage:
    """Of Alice's organization, with nobody who has written yet."""
    with app.app_context():
        return connect(cast.organization, meta)
