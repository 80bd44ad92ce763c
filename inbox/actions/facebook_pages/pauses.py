"""Pauses of ours: what Meta could not deliver meanwhile is fetched when we are back."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions import sync
from inbox.db import transaction
from inbox.models import ClockBeat, FacebookPage, SyncKind
from inbox.models.clock_beat import THE_ONE

log = logging.getLogger(__name__)

A_PAUSE = timedelta(minutes=2)


def note_beat() -> None:
    """Every 20 s. After a silence of two minutes or more each connected Page is synced: in one
    transaction, so that a death in between leaves the pause to be noticed again."""
    with transaction() as session:
        first = insert(ClockBeat).values(id=THE_ONE, beat_at=func.now()).on_conflict_do_nothing()
        session.execute(first)
        beat = session.get_one(ClockBeat, THE_ONE, populate_existing=True)
        now = session.scalars(select(func.now())).one()
        silence, beat.beat_at = now - beat.beat_at, now
        if silence >= A_PAUSE:
            pages = session.scalars(select(FacebookPage).where(FacebookPage.connected())).all()
            log.warning("Nothing ran for %s; %d pages are synced", silence, len(pages))
            for page in pages:
                sync.request_sync(page, kind=SyncKind.CHANGES)
