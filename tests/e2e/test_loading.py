"""What a page asks for when it is loaded."""

from __future__ import annotations

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow

FROM_THE_SERVER = (
    "performance.getEntriesByType('resource')"
    ".filter((entry) => entry.name.includes('/static/') && entry.transferSize > 0)"
    ".map((entry) => entry.name)"
)
LOADED = (
    "performance.getEntriesByType('resource').filter((e) => e.name.includes('/static/')).length"
)


def test_who_comes_again_asks_for_no_script_style_or_icon(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice)
    for path in ("/inbox", "/contacts", "/inbox"):
        alice.go(path)
    assert alice.measure(LOADED) > 40
    assert alice.measure(FROM_THE_SERVER) == []
