"""When Pages are looked after: found by the database's own state, a few a minute."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from inbox.db import transaction
from inbox.jobs import enqueue
from inbox.models import FacebookPage

MOST = 20  # of each kind in one sweep
# Whoever dies with a check in hand, or could not reach Meta, leaves it due again after this.
IN_HAND = timedelta(minutes=10)


def sweep_pages() -> None:
    """Every minute: asks a worker to look after the Pages that are due."""
    _ask(FacebookPage.token_check_due_at, "workers.pages.check_token")
    _ask(FacebookPage.subscription_check_due_at, "workers.pages.check_subscription")


def _ask(due_at: InstrumentedAttribute[object], job: str) -> None:
    due = (
        select(FacebookPage.id)
        .where(FacebookPage.connected(), due_at <= func.now())
        .order_by(due_at)
        .limit(MOST)
        .with_for_update(skip_locked=True)  # two clocks share the work
        .cte("due")  # a subquery may be run once for each row, and then takes more than `MOST`
    )
    with transaction() as session:
        claimed = session.scalars(
            update(FacebookPage)
            .where(FacebookPage.id.in_(select(due.c.id)))
            .values({due_at: func.now() + IN_HAND})
            .returning(FacebookPage.id)
            .execution_options(synchronize_session=False)
        ).all()
        for page_id in claimed:
            enqueue("default", job, page_id)
