"""Forgetting what is kept for a while only."""

from __future__ import annotations

import time

from sqlalchemy import delete, func, select, text

from inbox.db import transaction
from inbox.models import WebhookDelivery

DELIVERIES_ARE_KEPT = "7 days"
BATCH = 1000
LONGEST_SECONDS = 0.5  # the clock has other things to do; it comes again


def prune_deliveries() -> None:
    """Deletes raw webhook deliveries older than 7 days, batch by batch: one large deletion would
    hold its locks, and the cursor of `/api/changes`, for as long as it takes."""
    began = time.monotonic()
    while _prune_batch() == BATCH and time.monotonic() - began < LONGEST_SECONDS:
        pass


def _prune_batch() -> int:
    old = (
        select(WebhookDelivery.id)
        .where(WebhookDelivery.received_at < func.now() - text(f"interval '{DELIVERIES_ARE_KEPT}'"))
        .order_by(WebhookDelivery.received_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)  # two clocks share the work
        .cte("old")  # a subquery may be run once for each row, and then takes more than `BATCH`
    )
    with transaction() as session:
        deleted = session.execute(
            delete(WebhookDelivery)
            .where(WebhookDelivery.id.in_(select(old.c.id)))
            .returning(WebhookDelivery.id)
        )
        return len(deleted.all())
