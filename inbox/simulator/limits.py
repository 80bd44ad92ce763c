"""How much the pretend Meta gives, and how fast; all of it can be changed while it runs."""

from dataclasses import dataclass


@dataclass
class Limits:
    """`PATCH /simulator/limits` changes any of them; sources in META_PLATFORM §2 and §5."""

    law_per_second: float = 0.0
    """Conversation calls per second, for each Page and for each Instagram account by itself.
    Meta allows 2 ("Rate limiting": Conversations API); 0 switches the law off."""
    law_burst: float = 2.0
    """So many calls may come at once after a pause."""
    law_scale: float = 1.0
    """The law's time runs so many times faster, so that a measurement takes minutes, not hours."""
    law_penalty_s: float = 0.0
    """After a call too many, all calls are refused for so long (of the law's time)."""
    regain_minutes: int = 1
    """`estimated_time_to_regain_access` of a refusal by the law."""
    budget: int = 2500
    """Messages that one answer may be asked for, threads times messages, before Meta says
    "Please reduce the amount of data"; 0 for any number."""
    greatest_limit: int = 100
    """A greater `limit` is cut to this."""
    instagram_detailed: int = 20
    """Only so many of the newest messages of a thread have details; 0 for all."""
    messenger_detailed: int = 0
    """The same for Messenger, where Meta's pages contradict each other."""
    cursor_life_s: float = 86400.0
    """A cursor older than this is stale ("Do not store cursors"); 0 for none."""
    calls_per_hour: int = 20_000
    """What the usage headers count as 100 %, for each Page and each Instagram account."""
    shown_usage: int | None = None
    """A percentage that the usage headers show in place of what was counted."""
    latency_s: float = 0.0
    """Each Graph answer takes so much longer; other calls are served meanwhile."""
    require_proof: bool = False
    """The app setting "Require App Secret": a call without appsecret_proof is refused."""
