"""When Meta lets a business write to a person: the one place that knows.

Standard window: 24 hours after the person last wrote, tapped, or came by a link. With the app
feature "Human Agent" a person (never a machine) may answer for 7 days, with a tag.
https://developers.facebook.com/docs/messenger-platform/policy/policy-overview (META_PLATFORM §3.3)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

STANDARD = timedelta(hours=24)
HUMAN_AGENT = timedelta(days=7)


@dataclass(frozen=True)
class Window:
    """`messaging_type` and `tag` are what a message sent now must carry. `closes_at` is when even
    the longest permission ends, null while it has never been open. `reason` says, in words for
    people, why it is closed; empty while it is open."""

    open: bool
    closes_at: datetime | None
    messaging_type: str = "RESPONSE"
    tag: str | None = None
    reason: str = ""


def reply_window(
    last_incoming_at: datetime | None,
    now: datetime,
    *,
    has_human_agent: bool = False,
    by_human: bool = True,
) -> Window:
    """The window of one conversation at `now`. `has_human_agent`: Meta has approved the feature
    for this Page's app. `by_human`: a person wrote the message, not a campaign or a rule."""
    if last_incoming_at is None:
        reason = "This person has not written to the Page yet, so Meta lets nobody write to them."
        return Window(open=False, closes_at=None, reason=reason)
    standard_end = last_incoming_at + STANDARD
    longest_end = last_incoming_at + HUMAN_AGENT if has_human_agent and by_human else standard_end
    if now < standard_end:
        return Window(open=True, closes_at=longest_end)
    if now < longest_end:
        return Window(True, longest_end, "MESSAGE_TAG", "HUMAN_AGENT")
    return Window(open=False, closes_at=longest_end, reason=_reason(longest_end > standard_end))


def _reason(had_human_agent: bool) -> str:
    span = "7 days" if had_human_agent else "24 hours"
    return (
        f"Meta lets you answer for {span} after the person last wrote, and that is over. "
        "It opens again when they write."
    )
