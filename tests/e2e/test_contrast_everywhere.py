"""Text can be read on every screen, in both themes: WCAG AA, as the browser painted it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.contacts.conftest import suggest
from tests.e2e.conftest import OpenWindow
from tests.e2e.contacts import make_leads
from tests.e2e.test_contrast import TOO_FAINT

SCREENS = ["/contacts", "/contacts/duplicates", "/board", "/board/review"]
SETTINGS = ["account", "team", "integrations", "pipelines", "ai", "failures"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_of_every_screen_has_enough_contrast(
    app: Flask, cast: Cast, window: OpenWindow, dark: bool
) -> None:
    with app.app_context():
        leads = make_leads(cast)
        assert suggest(cast) == 1
    alice = window(cast.alice, dark=dark)
    paths = [*SCREENS, f"/contacts/{leads.zelda.id}", *(f"/settings/{each}" for each in SETTINGS)]
    faint = {}
    for path in paths:
        alice.go(path)
        assert alice.page.locator("main *").count() > 5, path
        faint[path] = alice.page.evaluate(TOO_FAINT)
    assert faint == {path: [] for path in paths}
