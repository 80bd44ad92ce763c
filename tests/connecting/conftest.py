"""Fixtures: an office in which Alice connects Pages of the pretend Meta by its login dialog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from inbox.extensions import db
from inbox.meta.access.tokens import decrypt
from inbox.models import FacebookPage, User
from inbox.simulator.owners import SCOPES
from inbox.simulator.server import Simulator
from inbox.simulator.world import Page
from tests.cast import Browser, Cast, sign_in
from tests.stores import Database

INTEGRATIONS = "/settings/integrations"
CONNECT = f"{INTEGRATIONS}/connect"
CALLBACK = f"{INTEGRATIONS}/facebook/callback"
OURS = [scope for scope in SCOPES if scope != "business_management"]


@dataclass
class Office:
    app: Flask
    meta: Simulator
    cast: Cast
    database: Database
    browser: Browser
    """Alice's."""

    def dialog(self, path: str = CONNECT, browser: Browser | None = None) -> str:
        """Where the button leads: the address of Facebook's dialog."""
        answer = (browser or self.browser).get(path)
        assert answer.status_code == 302, answer.text
        assert answer.location.startswith(f"{self.meta.url}/v26.0/dialog/oauth?")
        return str(answer.location)

    def allow(
        self,
        dialog: str,
        *,
        pages: Iterable[Page] | None = None,
        without: Iterable[str] = (),
        decision: str = "allow",
        owner_id: str = "42",
    ) -> str:
        """What the person does in the dialog; the path that Facebook leads their browser to."""
        chosen = self.meta.world.pages.values() if pages is None else pages
        form: dict[str, Any] = {
            "decision": decision,
            "owner": owner_id,
            "scopes": [scope for scope in OURS if scope not in set(without)],
            "pages": [page.id for page in chosen],
        }
        answer = requests.post(dialog, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        assert parts.path == CALLBACK
        return f"{parts.path}?{parts.query}"

    def returned(self, **choices: Any) -> str:
        """A fresh login, up to Facebook's leading back."""
        return self.allow(self.dialog(), **choices)

    def choices(self, **choices: Any) -> tuple[str, TestResponse]:
        """A fresh login, up to the page where Pages are chosen: its path, and the page."""
        answer = self.browser.get(self.returned(**choices))
        assert answer.status_code == 302, answer.text
        return answer.location, self.browser.get(answer.location)

    def connect(
        self, *pages: Page, sync: bool = True, after: str | None = None, **choices: Any
    ) -> TestResponse:
        """A whole login; the answer to the choice."""
        path = after or self.choices(**choices)[0]
        ticked = [page.id for page in pages or [self.meta.page]]
        return self.browser.post(path, data={"pages": ticked} | ({"sync": "1"} if sync else {}))

    def row(self, page: Page | None = None) -> dict[str, Any]:
        (row,) = self.database.rows(
            "SELECT * FROM facebook_pages WHERE page_id = %s", (page or self.meta.page).id
        )
        return row

    def rows(self) -> list[dict[str, Any]]:
        """What the pretend Meta's Pages have become here."""
        return self.database.rows(
            "SELECT * FROM facebook_pages WHERE page_id = ANY(%s) ORDER BY id",
            list(self.meta.world.pages),
        )

    def token(self, page: Page | None = None) -> str:
        """The stored token, in the clear."""
        with self.app.app_context():
            return decrypt(self.row(page)["access_token_encrypted"])

    def page(self, page: Page | None = None) -> FacebookPage:
        with self.app.app_context():
            return db.session.get_one(FacebookPage, self.row(page)["id"])

    def syncs(self) -> list[dict[str, Any]]:
        return self.database.rows("SELECT * FROM sync_jobs ORDER BY id")

    def notifications(self) -> list[dict[str, Any]]:
        return self.database.rows("SELECT * FROM notifications ORDER BY id")

    def flashes(self) -> str:
        """The page that one is led to, with what it says."""
        return self.browser.get(INTEGRATIONS).text

    def somebody_else(self, user: User) -> Browser:
        return sign_in(self.app, user)


@pytest.fixture
def office(app: Flask, meta: Simulator, cast: Cast, database: Database) -> Office:
    return Office(app, meta, cast, database, sign_in(app, cast.alice))
