"""A browser window, and what a person sees and does in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from inbox.models import User
from tests.cast import sign_in
from tests.e2e.contexts import PATIENCE, Contexts, Look

expect.set_options(timeout=PATIENCE)


@dataclass
class Window:
    """`troubles`: what scripts threw and what the content policy refused."""

    context: BrowserContext
    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        contexts: Contexts,
        app: Flask,
        user: User,
        url: str,
        *,
        width: int = 1440,
        dark: bool = False,
    ) -> Window:
        """Signed in by the door, with the cookie carried over."""
        page = contexts.take(Look(width, dark))
        context = page.context
        cookie = sign_in(app, user).get_cookie("inbox_session")
        assert cookie is not None
        host = cast("str", urlsplit(url).hostname)
        context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "domain": host, "path": "/"}]
        )
        window = cls(context, page, url)
        page.on("pageerror", window._note_error)
        page.on("console", window._note)
        return window

    def go(self, path: str) -> None:
        """Until the scripts run and the socket stands."""
        self.page.goto(self.url + path)
        self._settle()

    def reload(self) -> None:
        self.page.reload()
        self._settle()

    def _settle(self) -> None:
        self.page.wait_for_selector("html[data-ready]")
        if "/inbox" in self.page.url:
            self.page.wait_for_selector("html[data-live]")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#rows .row")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has_text=name)

    def open(self, name: str) -> None:
        self.row(name).click()
        expect(self.page.locator("#thread-name")).to_contain_text(name)
        expect(self.page.locator("#thread-loading")).to_be_hidden()

    @property
    def bubbles(self) -> Locator:
        return self.page.locator("#messages .message")

    def bubble(self, text: str) -> Locator:
        return self.bubbles.filter(has_text=text)

    def texts(self) -> list[str]:
        """What the bubbles say, from the top down."""
        return [text.strip() for text in self.page.locator("#messages .text").all_inner_texts()]

    def names(self) -> list[str]:
        return self.page.locator("#rows .row-name").all_inner_texts()

    def reply(self, text: str) -> None:
        self.page.fill("#reply", text)
        self.page.press("#reply", "Enter")

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE / 1000) -> None:
        """Waits while the browser's own calls (routes, events) go on being answered."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not true within {seconds:g} s"
            self.page.wait_for_timeout(20)

    def measure(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        return self.page.evaluate(script)

    def leave(self) -> None:
        """Notes no more troubles of its page."""
        if not self.page.is_closed():
            self.page.remove_listener("pageerror", self._note_error)
            self.page.remove_listener("console", self._note)

    def _note_error(self, error: Error) -> None:
        self.troubles.append(str(error))

    def _note(self, message: ConsoleMessage) -> None:
        # That a server did not answer is what some tests are about.
        expected = ("Failed to load resource", "WebSocket connection")
        if message.type == "error" and not message.text.startswith(expected):
            self.troubles.append(message.text)
