"""Fixtures: a real browser, and windows of it in which people have signed in.

Skipped, loudly, where no browser can be had; never when `CI=true`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright

from inbox.models import User
from tests import cast as rows
from tests.browser import browser_path, may_be_skipped
from tests.cast import Cast
from tests.e2e.contexts import Contexts
from tests.e2e.customer import Customer
from tests.e2e.window import Window
from tests.pipelines.boards import Board
from tests.processes import Web
from tests.webhooks.wire import Door

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenWindow = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package")
def chromium(request: pytest.FixtureRequest) -> Iterator[Contexts]:
    """One browser for this folder. It is closed before other folders' tests begin, because
    Playwright's loop and theirs do not mix."""
    path = browser_path()
    if path is None:
        assert may_be_skipped(), "no browser can be had, and CI must not go without"
        pytest.skip("NO BROWSER CAN BE HAD HERE: the screens are not tested")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield Contexts(browser, lambda: request.session.testsfailed)
        browser.close()


@pytest.fixture
def window(chromium: Contexts, app: Flask, live: Web) -> Iterator[OpenWindow]:
    """`window(cast.alice)`: a window of its own, with cookies of its own, at the inbox.
    `path`, `width`, `dark`, `web` say otherwise. At the end, no script of any may have failed."""
    opened: list[Window] = []

    def open_window(user: User, path: str = "/inbox", web: Web = live, **look: object) -> Window:
        made = Window.of(chromium, app, user, web.url, **look)  # type: ignore[arg-type]
        opened.append(made)
        made.go(path)
        return made

    yield open_window
    for each in opened:
        each.leave()
        chromium.give_back(each.page)
    assert [trouble for each in opened for trouble in each.troubles] == []


@pytest.fixture
def customer(cast: Cast, live: Web) -> Customer:
    """Zelda, who writes on Messenger; Bob holds her conversation."""
    assert cast.contact.messenger_psid
    return Customer("FACEBOOK", cast.page.page_id, cast.contact.messenger_psid, Door(live.url))


@pytest.fixture
def board(app: Flask, cast: Cast) -> Board:
    """Zelda, whom Bob holds, is new; Ada, whom nobody holds, was contacted."""
    made = Board(app, cast.organization)
    made.put(cast.contact, "New lead")
    with app.app_context():
        ada = rows.contact(cast.page, "Ada Lovelace")
        rows.conversation(ada)
    made.put(ada, "Contacted", score=88)
    return made


@pytest.fixture
def stranger(cast: Cast, live: Web) -> Customer:
    """Has never written before, and nobody holds their conversation."""
    return Customer("FACEBOOK", cast.page.page_id, "7000001", Door(live.url))


@pytest.fixture
def instagrammer(cast: Cast, live: Web) -> Customer:
    assert cast.page.instagram_account_id
    return Customer("INSTAGRAM", cast.page.instagram_account_id, "8000001", Door(live.url))
