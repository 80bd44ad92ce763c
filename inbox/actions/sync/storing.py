"""Storing a slice: its messages by the one writer, then what the list told of its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from inbox.actions.ai.of_syncs import slice_stored
from inbox.actions.incoming.bulk import Mode, Row, past_row, store_past
from inbox.actions.sync.noting import Noted, note_threads
from inbox.actions.sync.progress import note_new
from inbox.actions.sync.reasons import thread_reason
from inbox.db import transaction
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.meta.errors import MetaError
from inbox.meta.past.history import ThreadPage
from inbox.meta.past.history_messages import Account
from inbox.models import History, Message, Platform, SyncError
from inbox.realtime import announce

MOST_ROWS = 2500  # of one statement: bounds the memory of a very long thread
# A worker has few connections, and its leases need one: so many may be busy with storing.
STORING = threading.BoundedSemaphore(1)

Older = Callable[[Sequence[ThreadPage]], Iterator[tuple[ThreadPage, MetaError | None]]]


@dataclass
class Kept:
    """What a slice brought: counts of `SyncJob` that go with its checkpoint, and the threads that
    failed. What was new has been counted already."""

    counts: dict[str, int]
    errors: list[SyncError]


@dataclass
class Keeper:
    """`repair_from`: this sync fills a hole that began then; null: it imports the past."""

    account: Account
    facebook_page_id: int
    job_id: int
    repair_from: datetime | None
    _waiting: dict[Mode, list[Row]] = field(default_factory=lambda: {"HISTORY": [], "REPAIR": []})
    _messages: int = 0
    _errors: list[SyncError] = field(default_factory=list)

    @property
    def _platform(self) -> Platform:
        return Platform(self.account.platform)

    def keep(self, threads: Sequence[ThreadPage], older: Older, *, is_again: bool = False) -> Kept:
        """Stores these threads, the rest of long ones too. `is_again`: most have been counted by
        this job already, so only those count that no sync had read before."""
        self._messages, self._errors = 0, []
        notes = self._take_newest(threads)
        failed = len(self._errors)
        self._flush()  # so much is shown already while the rest of long threads comes
        self._take_rest(notes, older)
        self._flush()
        fresh = self._note(list(notes.values()))
        synced = fresh if is_again else len(notes)
        counts = {
            "total_contacts": synced + failed,
            "synced_contacts": synced,
            "synced_messages": self._messages,
        }
        return Kept(counts, self._errors)

    def _take_newest(self, threads: Sequence[ThreadPage]) -> dict[str, Noted]:
        """Of all but those that could not be read."""
        notes = {}
        for thread in threads:
            if thread.problem is not None:
                self._fails(thread, thread.problem, thread.code)
                continue
            notes[thread.id] = Noted(thread)
            self._take(thread, notes[thread.id])
        return notes

    def _take_rest(self, notes: dict[str, Noted], older: Older) -> None:
        to_read = [note.thread for note in notes.values() if self._goes_on(note)]
        for page, error in older(to_read) if to_read else ():
            note = notes[page.id]
            if error is not None:
                note.history = History.FAILED
                self._fails(page, thread_reason(error), error.label)
                continue
            self._take(page, note)
            if page.unreadable:
                note.history = History.NEWEST_ONLY

    def _goes_on(self, note: Noted) -> bool:
        """Are there older messages that Meta tells details of?"""
        is_cut = self.account.platform == "INSTAGRAM" and note.thread.older is not None
        if note.thread.unreadable or is_cut:
            note.history = History.NEWEST_ONLY
            return False
        return note.thread.older is not None

    def _take(self, page: ThreadPage, note: Noted) -> None:
        assert page.person is not None
        answers = [m.sent_at for m in page.messages if m.direction == "OUTGOING"]
        note.answered_at = max(filter(None, [note.answered_at, *answers]), default=None)
        names = {"name": page.person.name, "username": page.person.username}
        mode = self._mode(page)
        for message in page.messages:
            is_unanswered = note.answered_at is None or message.sent_at > note.answered_at
            counts = (
                mode == "REPAIR"
                and message.direction == "INCOMING"
                and is_unanswered
                and self._is_missed(message.sent_at)
            )
            self._waiting[mode].append(past_row(message, **names, counts=counts))
        if len(self._waiting[mode]) >= MOST_ROWS:
            self._flush()

    def _mode(self, page: ThreadPage) -> Mode:
        is_old = page.updated_at is None or not self._is_missed(page.updated_at)
        return "HISTORY" if is_old else "REPAIR"

    def _is_missed(self, moment: datetime) -> bool:
        """Is it of the time in which the hole is?"""
        return self.repair_from is not None and moment >= self.repair_from

    def _flush(self) -> None:
        for mode, rows in self._waiting.items():
            if rows:
                self._waiting[mode] = []
                self._store(mode, rows)

    def _store(self, mode: Mode, rows: list[Row]) -> None:
        with STORING:
            stored = store_past(mode, rows)
        self._messages += len(rows)
        recovered = self._recovered(stored.message_ids) if mode == "REPAIR" else 0
        note_new(
            self.job_id,
            new_messages=len(stored.message_ids),
            new_contacts=stored.new_contacts,
            recovered_messages=recovered,
        )
        db.session.close()  # a connection must not be held until Meta answers
        if any("files" in row for row in rows):
            enqueue("default", "workers.files.copy_due")

    def _recovered(self, message_ids: list[int]) -> int:
        """Tells those that came while nobody listened, and answers how many. Older ones, which may
        come along with a thread that nobody had imported, are shown with it."""
        if not message_ids:
            return 0
        with transaction() as session:
            missed = session.scalars(
                select(Message.id).where(
                    Message.id.in_(message_ids), Message.sent_at >= self.repair_from
                )
            ).all()
            announce(new_messages=missed)
        return len(missed)

    def _note(self, notes: list[Noted]) -> int:
        fresh = note_threads(notes, self.facebook_page_id, self._platform)
        people = [note.thread.person.id for note in notes if note.thread.person is not None]
        slice_stored(self.job_id, self.facebook_page_id, self._platform, people)
        return fresh

    def _fails(self, thread: ThreadPage, why: str, code: str | None) -> None:
        error = SyncError(
            sync_job_id=self.job_id,
            platform=self._platform,
            thread_id=thread.id,
            name=thread.person and thread.person.name,
            error=why[:1000],
            code=code,
        )
        self._errors.append(error)
