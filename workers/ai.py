"""Jobs of the queue `ai`."""

from __future__ import annotations

from inbox.actions.ai import analyzing, requesting


def analyze() -> None:
    """One piece of what is due; what is left is asked for anew, so that an agent who waits for
    the AI comes in between."""
    if analyzing.work():
        requesting.nudge()
