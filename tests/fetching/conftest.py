"""Fixtures: a connected page to which strangers write, and Alice, an admin who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from inbox.actions.facebook_pages.pages import connect_page
from inbox.actions.newcomers import fetching
from inbox.models import FacebookPage, Role, User
from inbox.simulator.server import Simulator
from tests import cast
from tests.bounds import eventually
from tests.processes import Web
from tests.stores import Database

Row = dict[str, Any]


@dataclass
class Door:
    """The page's door, through which somebody comes for the first time."""

    app: Flask
    meta: Simulator
    database: Database
    web: Web
    page: FacebookPage
    alice: User

    def job(self) -> Row:
        """The only one there is."""
        (row,) = self.database.rows("SELECT * FROM fetch_jobs")
        return row

    def work(self) -> Row:
        """Runs it as a worker does, in the test's own process."""
        with self.app.app_context():
            fetching.run_fetch(self.job()["id"])
        return self.job()

    def arrives(self, name: str = "Yara Voss", platform: Any = "messenger", **more: Any) -> str:
        """Somebody writes, and it is stored; answers their id at Meta."""
        person = self.meta.add_person(name, platform, **more)
        self.meta.says(person, "Hello?")
        eventually(lambda: self.database.rows("SELECT * FROM fetch_jobs"))
        return person.id

    def contact(self) -> Row:
        (row,) = self.database.rows("SELECT * FROM contacts")
        return row

    def contents(self) -> list[str]:
        rows = self.database.rows("SELECT content FROM messages ORDER BY sent_at, id")
        return [row["content"] for row in rows]

    def calls(self, door: str) -> int:
        return sum(call["door"] == door for call in self.meta.calls)


@pytest.fixture
def door(app: Flask, meta: Simulator, database: Database, live: Web) -> Door:
    with app.app_context():
        organization = cast.organization()
        page = connect_page(
            organization,
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )
        alice = cast.user(organization, "Alice", Role.ADMIN)
    return Door(app, meta, database, live, page, alice)


@pytest.fixture
def before(door: Door) -> Callable[..., str]:
    """Somebody has written earlier, unheard, and writes now for the first time to us."""

    def wrote(platform: Any = "messenger", lines: int = 3) -> str:
        person = door.meta.add_person("Yara Voss", platform)
        door.meta.webhooks.holding = True
        now = door.meta.clock.now_ms()
        for n in range(lines):
            door.meta.says(person, f"line {n}", at_ms=now - (lines - n) * 60_000)
        door.meta.webhooks.clear()
        door.meta.webhooks.holding = False
        door.meta.says(person, "Hello?")
        eventually(lambda: door.database.rows("SELECT * FROM fetch_jobs"))
        return person.id

    return wrote
