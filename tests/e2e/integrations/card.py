"""A Page's card in Settings → Integrations, and what is done with it."""

from __future__ import annotations

from playwright.sync_api import Locator

from inbox.simulator.server import Simulator
from tests.e2e.window import Window

PATH = "/settings/integrations"


def settled(window: Window) -> Window:
    window.page.wait_for_selector("html[data-live]")
    return window


def card(window: Window) -> Locator:
    return window.page.locator("[data-page]")


def press(window: Window, name: str) -> None:
    card(window).get_by_role("button", name=name, exact=True).click()


def sync(window: Window, what: str = "Everything") -> None:
    press(window, "Sync")
    card(window).get_by_role("button", name=what).click()


def cancel(window: Window) -> None:
    press(window, "Cancel")
    window.page.get_by_role("dialog").get_by_role("button", name="Cancel the sync").click()


def slow(meta: Simulator, threads: int = 400) -> None:
    """A page whose sync takes some seconds: each answer takes its time."""
    meta.generate(threads=threads, mean=30, seed=7)
    meta.limits.latency_s = 0.4
