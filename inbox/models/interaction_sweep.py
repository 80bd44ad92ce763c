"""When a contact last wrote or was written to, and whom to analyse once they have fallen quiet.

The message writer does not touch contacts: their row is in more indexes than a message is worth.
A sweep brings them up to date from conversations that have changed, which it finds by
`changed_xid` as `/api/changes` does (see `inbox.models.changes`), without a gap and by an index
that is there already.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, Xid8

QUIET_SECONDS = 60  # after the last message of a thread; each further one begins it anew


class InteractionSweep(Base):
    """How far the sweep over an organization's conversations has come. 1, not 0: what a sync has
    imported has `changed_xid` 0, and the sync sees to it itself."""

    __tablename__ = "interaction_sweeps"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), unique=True)
    through_xid: Mapped[int] = mapped_column(Xid8, server_default=text("'1'"))


# Organizations that came since.
BEGIN = text(
    "INSERT INTO interaction_sweeps (organization_id)"
    " SELECT id FROM organizations WHERE NOT EXISTS"
    " (SELECT FROM interaction_sweeps mark WHERE mark.organization_id = organizations.id)"
    " ON CONFLICT DO NOTHING"
)

# To be run before, in the same transaction. The planner cannot know how few have changed, and would
# read both tables as a whole (tried, 100,000 contacts: 50 ms instead of 2).
BY_INDEX = text(
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)

# One statement, one snapshot: whatever is invisible to it has the mark's transaction id or a higher
# one. Read again, a conversation changes nothing: due times follow from its last message. Two
# sweeps at once share the organizations. Answers how many contacts moved and were asked for.
CATCH_UP = text(
    """
    WITH mark AS MATERIALIZED (
        SELECT organization_id, through_xid FROM interaction_sweeps FOR UPDATE SKIP LOCKED
    ),
    changed AS MATERIALIZED (
        SELECT DISTINCT conversation.contact_id
        FROM mark JOIN conversations conversation
            ON conversation.organization_id = mark.organization_id
            AND conversation.changed_xid >= mark.through_xid
    ),
    stale AS MATERIALIZED (
        SELECT contact.id, contact.organization_id, newest.at,
            contact.last_interaction_at <> newest.at AS is_moved,
            newest.at > coalesce(contact.analyzed_through_at, '-infinity') AS is_new
        FROM changed
        CROSS JOIN LATERAL (
            SELECT max(last_message_at) AS at FROM conversations
            WHERE contact_id = changed.contact_id
        ) newest
        JOIN contacts contact ON contact.id = changed.contact_id
        WHERE contact.last_interaction_at <> newest.at
            OR newest.at > coalesce(contact.analyzed_through_at, '-infinity')
    ),
    moved AS (
        UPDATE contacts SET last_interaction_at = stale.at
        FROM stale WHERE contacts.id = stale.id AND stale.is_moved
        RETURNING 1
    ),
    asked AS (
        INSERT INTO analysis_requests AS request (
            organization_id, contact_id, reason, priority, due_at
        )
        SELECT organization_id, id, 'QUIET', 1, least(at, now()) + :quiet * interval '1 second'
        FROM stale WHERE is_new ORDER BY id
        ON CONFLICT (contact_id) DO UPDATE SET
            due_at = excluded.due_at,
            reason = CASE WHEN request.lease_until IS NULL THEN 'QUIET' ELSE request.reason END,
            priority = CASE WHEN request.lease_until IS NULL THEN 1 ELSE request.priority END
        WHERE CASE -- who asked, or a sync, waits no longer than before
            WHEN request.lease_until IS NULL AND request.reason = 'RETRY_AI' THEN true
            WHEN request.lease_until IS NULL AND request.reason <> 'QUIET' THEN false
            ELSE excluded.due_at > request.due_at
        END
        RETURNING 1
    ),
    marked AS (
        UPDATE interaction_sweeps sweep
        SET through_xid = greatest(
            sweep.through_xid, pg_snapshot_xmin(pg_current_snapshot())
        )
        FROM mark WHERE sweep.organization_id = mark.organization_id
            AND sweep.through_xid < pg_snapshot_xmin(pg_current_snapshot())
    )
    SELECT (SELECT count(*) FROM moved) AS moved, (SELECT count(*) FROM asked) AS asked
    """
).bindparams(quiet=QUIET_SECONDS)


def refresh(contact_ids: list[int]) -> TextClause:
    """The same moment for contacts whose messages a sync has imported, which tell of no change."""
    return text(
        """
        UPDATE contacts SET last_interaction_at = newest.at
        FROM (
            SELECT contact_id, max(last_message_at) AS at FROM conversations
            WHERE contact_id = ANY(:contact_ids) GROUP BY contact_id
        ) newest
        WHERE contacts.id = newest.contact_id AND contacts.last_interaction_at <> newest.at
        """
    ).bindparams(bindparam("contact_ids", contact_ids, ARRAY(BigInteger)))
