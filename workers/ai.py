"""Jobs of the queue `ai`."""

from __future__ import annotations

from inbox.actions.ai import analyzing, helping, requesting, settings
from inbox.ai.agent_help import HelpKind


def analyze() -> None:
    """One piece of what is due; what is left is asked for anew, so that an agent who waits for
    the AI comes in between."""
    if analyzing.work():
        requesting.nudge()


def help_agent(conversation_id: int, user_id: int, kind: HelpKind, request_id: str) -> None:
    """A reply or a summary that an agent waits for."""
    helping.help_agent(conversation_id, user_id, kind, request_id)


def test_key(number: int, user_id: int) -> None:
    """Whether a key works."""
    settings.test_key(number, user_id)
