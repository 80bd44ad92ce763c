"""The cast at a board: Zelda, whom Bob holds, is new; Ada, whom nobody holds, was contacted."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.models import Contact
from tests import cast as rows
from tests.cast import Browser, Cast, sign_in
from tests.pipelines.boards import Board


@pytest.fixture
def ada(app: Flask, cast: Cast) -> Contact:
    with app.app_context():
        made = rows.contact(cast.page, "Ada Lovelace")
        rows.conversation(made)
    return made


@pytest.fixture
def board(app: Flask, cast: Cast, ada: Contact) -> Board:
    made = Board(app, cast.organization)
    made.put(cast.contact, "New lead", hours_ago=2)
    made.put(ada, "Contacted")
    return made


@pytest.fixture
def alice(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.alice)


@pytest.fixture
def bob(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.bob)
