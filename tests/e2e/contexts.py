"""Browser windows that are used again.

To make a window (a context with its profile, a renderer, cold caches) and load its first page takes
Chromium three times the CPU of a load in one that stands (measured: 1.7 s and 0.6 s). Most tests of
this folder do little else. So a window is wiped and kept for the next test that wants its look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urljoin

from playwright.sync_api import Browser, Error, Page

PATIENCE = 8000  # ms that something may take to show


class Look(NamedTuple):
    width: int = 1440
    dark: bool = False


class Contexts:
    """`take` a page, in a context of its own, and `give_back` what was not maltreated. What stays
    is the cache of static files, as with anybody who has been here before."""

    def __init__(self, browser: Browser, failures: Callable[[], int]) -> None:
        """`failures` counts the tests that failed so far."""
        self.browser = browser
        self._failures = failures
        self._failures_at_start: dict[Page, int] = {}
        self._idle: dict[Look, list[Page]] = defaultdict(list)
        self._looks: dict[Page, Look] = {}

    def take(self, look: Look) -> Page:
        """Nobody is signed in, and nothing is stored."""
        page = self._idle[look].pop() if self._idle[look] else self._made(look)
        self._failures_at_start[page] = self._failures()
        return page

    def give_back(self, page: Page) -> None:
        """Closes its context after a test that failed, for nobody knows in what state it is, where
        it has other tabs, or when the server is gone."""
        is_clean = self._failures_at_start.pop(page, None) == self._failures()
        if not is_clean or page.context.pages != [page]:
            page.context.close()
            return
        try:
            _wipe(page)
        except Error:
            page.context.close()
        else:
            self._idle[self._looks[page]].append(page)

    def _made(self, look: Look) -> Page:
        context = self.browser.new_context(
            viewport={"width": look.width, "height": 800},
            color_scheme="dark" if look.dark else "light",
            locale="en-GB",
            timezone_id="Europe/Oslo",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        self._looks[page] = look
        return page


def _wipe(page: Page) -> None:
    for routed in (page, page.context):
        routed.unroute_all(behavior="ignoreErrors")
    page.context.set_offline(False)
    page.goto(urljoin(page.url, "/health"))  # on the same site, so that the renderer stays
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()
    page.mouse.move(0, 0)
