"""Long threads, written straight into the database."""

from __future__ import annotations

from inbox.models import Conversation
from tests.stores import Database


def write_history(
    database: Database, conversation: Conversation, count: int, *, ends: str = "- interval '1 day'"
) -> None:
    """`Number 1` to `Number {count}`, seven minutes apart and of different lengths, both ways.
    The last is `ends` from now, an SQL term."""
    database.rows(
        "INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction,"
        " content, sent_at) SELECT organization_id, facebook_page_id, id, 'm_old' || n,"
        " CASE WHEN n %% 3 = 0 THEN 'OUTGOING' ELSE 'INCOMING' END,"
        " 'Number ' || n || repeat(' and so on', n %% 7),"
        f" now() - (%s - n) * interval '7 minutes' {ends}"
        " FROM conversations, generate_series(1, %s) n WHERE id = %s",
        count,
        count,
        conversation.id,
    )
