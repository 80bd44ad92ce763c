"""What the list tells of a thread beside its messages: whom it is with, and how much of it we have
by now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from inbox.db import transaction
from inbox.meta.past.history import ThreadPage
from inbox.models import History

NOTE_THREADS = text((Path(__file__).parent / "note_threads.sql").read_text())


@dataclass
class Noted:
    """One thread as `NOTE_THREADS` takes it. `answered_at`: the business's last message in what
    was read so far, which is the newest part."""

    thread: ThreadPage
    history: History = History.COMPLETE
    answered_at: datetime | None = None

    def row(self) -> dict[str, str | None]:
        person = self.thread.person
        assert person is not None
        return {
            "person": person.id,
            "thread_id": self.thread.id,
            "name": person.name,
            "username": person.username,
            "history": self.history,
        }


def note_threads(notes: Sequence[Noted], facebook_page_id: int, platform: str) -> int:
    """Answers how many of them no sync had read before."""
    if not notes:
        return 0
    parameters = {
        "threads": json.dumps([note.row() for note in notes]),
        "page_id": facebook_page_id,
        "platform": platform,
    }
    with transaction() as session:
        return session.scalar(NOTE_THREADS, parameters) or 0
