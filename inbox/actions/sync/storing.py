"""Storing a slice: its messages by the one writer, then what the list told of its threads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from inbox.actions.bulk import Mode, Row, past_row, store_past
from inbox.actions.sync.asking import FATAL
from inbox.actions.sync.progress import Fence
from inbox.db import transaction
from inbox.jobs import enqueue
from inbox.meta.errors import MetaError
from inbox.meta.history import ThreadPage
from inbox.meta.history_messages import Account
from inbox.models import History, Platform, SyncError
from inbox.realtime import announce

MOST_ROWS = 2500  # of one statement: bounds the memory of a very long thread

# One statement for the threads of a slice: whom they are with, and how much of them we have.
NOTE_THREADS = text("""
with given as (
    select * from jsonb_to_recordset(:threads) as given (
        person text, thread_id text, name text, username text, history text
    )
),
known as (
    update contacts contact set
        name = coalesce(contact.name, given.name),
        username = coalesce(contact.username, given.username),
        version = contact.version + 1
    from given
    where contact.facebook_page_id = :page_id
        and case :platform when 'FACEBOOK' then messenger_psid else instagram_sid end
            = given.person
    returning contact.id, given.thread_id, given.history
)
update conversations conversation set
    thread_id = known.thread_id, history = known.history, version = conversation.version + 1
from known
where conversation.contact_id = known.id and conversation.platform = :platform
""")

Older = Callable[[ThreadPage], Iterator[ThreadPage]]


@dataclass
class Noted:
    """One thread as `NOTE_THREADS` takes it."""

    thread: ThreadPage
    history: History = History.COMPLETE

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


@dataclass
class Keeper:
    """`repair_from`: this sync fills a hole that began then; null: it imports the past."""

    account: Account
    facebook_page_id: int
    fence: Fence
    repair_from: datetime | None
    _waiting: list[Row] = field(default_factory=list)
    _messages: int = 0
    _new: int = 0
    _contacts: int = 0
    _recovered: int = 0

    def keep(self, threads: Sequence[ThreadPage], older: Older) -> dict[str, int]:
        """Stores these threads, the rest of long ones too, and answers the job's counts."""
        self._messages = self._new = self._contacts = self._recovered = 0
        failed: list[SyncError] = []
        noted = []
        for thread in threads:
            if thread.problem is not None:
                failed.append(self._error(thread, thread.problem, thread.code))
                continue
            noted.append(Noted(thread))
            self._take(thread)
        for note in noted:
            self._take_rest(note, older, failed)
        self._flush()
        self._note(noted)
        self.fence.record(failed)
        return {
            "total_contacts": len(threads),
            "synced_contacts": len(noted),
            "new_contacts": self._contacts,
            "synced_messages": self._messages,
            "new_messages": self._new,
            "recovered_messages": self._recovered,
        }

    def _take_rest(self, note: Noted, older: Older, failed: list[SyncError]) -> None:
        keeps_to_itself = self.account.platform == "INSTAGRAM" and note.thread.older is not None
        if note.thread.unreadable or keeps_to_itself:
            note.history = History.NEWEST_ONLY
            return
        try:
            for page in older(note.thread):
                self._take(page)
                if page.unreadable:
                    note.history = History.NEWEST_ONLY
                    return
        except MetaError as error:
            if error.kind in FATAL:
                raise
            note.history = History.FAILED
            failed.append(self._error(note.thread, error.explanation, error.label))

    def _take(self, thread: ThreadPage) -> None:
        assert thread.person is not None
        last_answer = max(
            (m.sent_at for m in thread.messages if m.direction == "OUTGOING"), default=None
        )
        for message in thread.messages:
            counts = (
                self.repair_from is not None
                and message.direction == "INCOMING"
                and message.sent_at > self.repair_from
                and (last_answer is None or message.sent_at > last_answer)
            )
            self._waiting.append(
                past_row(
                    message,
                    name=thread.person.name,
                    username=thread.person.username,
                    counts=counts,
                )
            )
        if len(self._waiting) >= MOST_ROWS:
            self._flush()

    def _flush(self) -> None:
        rows, self._waiting = self._waiting, []
        mode: Mode = "HISTORY" if self.repair_from is None else "REPAIR"
        stored = store_past(mode, rows)
        self._messages += len(rows)
        self._new += len(stored.message_ids)
        self._contacts += len(stored.new_contact_ids)
        if self.repair_from is not None:
            self._recovered += len(stored.message_ids)
            announce(new_messages=stored.message_ids)
        if any(row["files"] for row in rows):
            enqueue("default", "workers.files.copy_due")

    def _note(self, noted: list[Noted]) -> None:
        if not noted:
            return
        with transaction() as session:
            session.execute(
                NOTE_THREADS,
                {
                    "threads": json.dumps([note.row() for note in noted]),
                    "page_id": self.facebook_page_id,
                    "platform": self.account.platform,
                },
            )

    def _error(self, thread: ThreadPage, reason: str, code: str | None) -> SyncError:
        return SyncError(
            sync_job_id=self.fence.job_id,
            platform=Platform(self.account.platform),
            thread_id=thread.id,
            name=thread.person and thread.person.name,
            error=reason[:1000],
            code=code,
        )
