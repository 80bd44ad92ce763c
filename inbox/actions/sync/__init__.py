"""Page syncs: asked for, run slice by slice, resumed after any death."""

from inbox.actions.sync.requesting import request_sync, retry, retry_failed
from inbox.actions.sync.running import run_sync
from inbox.actions.sync.sweeping import request_due_syncs, sweep_syncs
from inbox.actions.sync.turning import cancel, pause, resume

__all__ = [
    "cancel",
    "pause",
    "request_due_syncs",
    "request_sync",
    "resume",
    "retry",
    "retry_failed",
    "run_sync",
    "sweep_syncs",
]
