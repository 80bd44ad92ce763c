"""Browser windows that are used again.

To make a window (a context with its profile, a renderer, cold caches) and load its first page takes
Chromium three times the CPU of a load in one that stands (measured: 1.7 s and 0.6 s). Most tests of
this folder do little else. So a window is wiped and kept for the next test that wants its look.
"""

from __future__ import annotations

from collections import defaultdict
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

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[Look, list[Page]] = defaultdict(list)
        self._looks: dict[Page, Look] = {}

    def take(self, look: Look) -> Page:
        """Nobody is signed in, and nothing is stored."""
        return self._idle[look].pop() if self._idle[look] else self._made(look)

    def give_back(self, page: Page) -> None:
        """Closes its context where that has other tabs, or the server is gone."""
        if page.context.pages != [page] or page not in self._looks:
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
