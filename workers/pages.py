"""Jobs about Pages: their tokens and their subscriptions."""

from __future__ import annotations

from inbox.actions.facebook_pages import subscriptions, token_health
from workers.side_by_side import Slots

# Skipped when all are taken: the sweep asks again.
checks = Slots("page", 4, awaited=False)


def check_token(page_id: int) -> None:
    checks.start_or_skip(token_health.check_token, page_id)


def check_subscription(page_id: int) -> None:
    checks.start_or_skip(subscriptions.check_subscription, page_id)
