"""How long a running sync will still take, as far as that can honestly be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from inbox.models.sync_job import SyncJob, SyncKind, SyncStatus


@dataclass(frozen=True)
class Estimate:
    """`contacts`: of them there will be about so many in the end. `calls_left`: to Meta.
    `is_least`: what Meta's law alone takes; it may take longer."""

    contacts: int
    calls_left: int
    seconds_left: float
    is_least: bool


def estimate(
    job: SyncJob, expected: int | None, *, calls_per_second: float, now: datetime
) -> Estimate | None:
    """None where nothing can be said: without a total from an earlier sync, before the first
    slice, or when there are more threads than were expected. `calls_per_second` is what Meta
    allows this page, its accounts together."""
    before = _done_before(job)
    done = job.total_contacts - before
    is_running = job.status == SyncStatus.IN_PROGRESS and job.started_at is not None
    if not is_running or not expected or done <= 0 or job.total_contacts >= expected:
        return None
    assert job.started_at is not None
    left = (expected - job.total_contacts) / done
    calls_left = math.ceil(left * job.graph_calls)
    by_law = calls_left / calls_per_second
    # The time since the start holds pauses and deaths of workers, once there was another attempt.
    is_steady = job.attempt == 1
    by_pace = left * (now - job.started_at).total_seconds() if is_steady else 0.0
    waiting = (job.waiting_until - now).total_seconds() if job.waiting_until else 0.0
    seconds = max(by_law, by_pace) + max(0.0, waiting)
    return Estimate(expected, calls_left, seconds, not is_steady)


def _done_before(job: SyncJob) -> int:
    """What a resumed job has taken over from the one that it goes on from. Needs
    `resumed_from`."""
    if job.resumed_from is None or job.kind == SyncKind.FAILED:
        return 0
    return job.resumed_from.total_contacts
