"""The report of one sync: what failed, then what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inbox import shapes
from inbox.models import SyncError, SyncJob

HEAD = ("platform", "threadId", "name", "error", "code", "at")
SUMMARY = (
    "id", "facebookPageName", "kind", "status", "failure", "totalContacts", "syncedContacts",
    "failedContacts", "newContacts", "syncedMessages", "newMessages", "recoveredMessages",
    "graphCalls", "startedAt", "completedAt",
)  # fmt: skip

Row = Sequence[object]


def report(job: SyncJob, errors: Sequence[SyncError]) -> Iterator[Row]:
    """A row for each thread that failed; after an empty row the summary, name and value."""
    yield HEAD
    for error in errors:
        at = shapes.timestamp(error.created_at)
        yield (error.platform, error.thread_id, error.name, error.error, error.code, at)
    yield ()
    shape = shapes.sync_job(job)
    for name in SUMMARY:
        yield (name, shape[name])
