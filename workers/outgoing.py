"""Jobs of the queue `outgoing`, and what belongs to them: all that goes out to Meta."""

from __future__ import annotations

from inbox.actions.replies import seen, sending, settling
from workers.side_by_side import Slots

replies = Slots("reply", 8, awaited=True)
courtesies = Slots("courtesy", 4, awaited=False)


def send_message(message_id: int) -> None:
    """One reply."""
    replies.start(sending.send_message, message_id)


def settle(conversation_id: int) -> None:
    """Replies whose fate is unknown."""
    courtesies.start_or_skip(settling.settle, conversation_id)


def mark_seen(conversation_id: int) -> None:
    """The customer sees that we have read what they wrote."""
    courtesies.start_or_skip(seen.mark_seen, conversation_id)
