"""Asking a worker to look at a sync."""

from __future__ import annotations

from datetime import timedelta

from inbox.jobs import enqueue

AGAIN_AFTER = timedelta(seconds=10)  # should the question be lost


def nudge(job_id: int) -> None:
    enqueue("sync", "workers.sync.run_sync", job_id)
