"""Jobs of the queue `sync`."""

from __future__ import annotations

from inbox.actions import sync


def run_sync(job_id: int) -> None:
    """One page's import, from where it stands."""
    sync.run_sync(job_id)
