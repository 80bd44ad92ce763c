"""Jobs of the queue `outgoing`: what goes out to Meta and is waited for."""

from __future__ import annotations

from inbox.actions import seen, sending, settling


def send_message(message_id: int) -> None:
    """One reply."""
    sending.send_message(message_id)


def settle(conversation_id: int) -> None:
    """Replies whose fate is unknown."""
    settling.settle(conversation_id)


def mark_seen(conversation_id: int) -> None:
    seen.mark_seen(conversation_id)
