"""Telling an outage of Meta from one thread that is broken."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.actions.sync.calls import Calls
from inbox.actions.sync.reasons import reason
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.past.history import Asked, History

PAUSE = 30.0  # seconds
MOST = 40  # about 20 minutes of silence end the job


@dataclass
class Outages:
    """Met by one call of a sync, so far."""

    history: History
    calls: Calls
    count: int = 0

    def is_one(self, error: MetaError) -> bool:
        """After a call failed again and again: does Meta answer anything at all? If not, a while
        passes, and the call can be made once more. Raises `MetaError` after a long outage."""
        if error.kind != ErrorKind.TRANSIENT:
            return False
        try:
            self.calls.make(lambda: self.history.threads(Asked(1, 0)))
        except MetaError as silence:
            if silence.kind != ErrorKind.TRANSIENT or self.count >= MOST:
                raise
            self.count += 1
            self.calls.wait(PAUSE, reason(silence))
            return True
        return False
