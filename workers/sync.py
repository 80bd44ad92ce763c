"""Jobs of the queue `sync`."""

from __future__ import annotations

from inbox.actions import sync
from workers.side_by_side import Slots

# A Page that Meta makes wait must not keep another's sync waiting. Skipped when all are taken: the
# sweep asks again.
syncs = Slots("sync", 3, awaited=False)


def run_sync(job_id: int) -> None:
    """One page's import, from where it stands."""
    syncs.start_or_skip(sync.run_sync, job_id)
