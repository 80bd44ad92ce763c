"""Text can be read in both themes: WCAG AA, measured on what the browser painted."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.models import Delivery, Direction
from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer

TOO_FAINT = (Path(__file__).parent / "too_faint.js").read_text()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_of_the_inbox_has_enough_contrast(
    app: Flask, cast: Cast, window: OpenWindow, customer: Customer, dark: bool
) -> None:
    with app.app_context():
        for delivery in Delivery:
            rows.message(cast.conversation, f"{delivery}", Direction.OUTGOING, delivery=delivery)
    mid = customer.writes("See https://example.test/cakes")
    customer.writes("A quote", reply_to={"mid": mid})
    customer.sends({"attachments": [{"type": "ephemeral"}]})
    customer.sends({"is_deleted": True, "mid": customer.writes("gone")})
    with app.app_context():
        rows.conversation(rows.contact(cast.page, "Yusuf Aydın"), unread_count=120)
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}", dark=dark)
    expect(alice.bubble("A quote")).to_be_visible()
    alice.page.click("#more-filters")
    alice.page.fill("#reply", "x" * 2100)
    assert alice.page.locator("body *").count() > 200
    assert alice.page.evaluate(TOO_FAINT) == []
