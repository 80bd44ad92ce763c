"""What an admin does with events that could not be taken."""

from __future__ import annotations

from datetime import UTC, datetime

from inbox.actions.incoming.ingest import store
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.deliveries.webhook import parse
from inbox.models import FailureStatus, WebhookFailure


class ReplayFailedError(Exception):
    """The event still cannot be taken; the failure carries the newest reason."""


def replay_failure(failure: WebhookFailure) -> None:
    """Takes the event again, with half characters replaced; raises `ReplayFailedError`."""
    parsed = parse(failure.body, repair=True)
    db.session.rollback()  # gives the connection back: ingest takes one of its own
    refused = [*parsed.unreadable, *store([parsed], journal=False)]
    with transaction():
        if refused:
            failure.reason = refused[0].reason[:1000]
        else:
            failure.status = FailureStatus.REPLAYED
            failure.replayed_at = datetime.now(UTC)
    if refused:
        raise ReplayFailedError(failure.reason)


def dismiss_failure(failure: WebhookFailure) -> None:
    """Takes it off the list; the row stays."""
    with transaction():
        failure.status = FailureStatus.DISMISSED
