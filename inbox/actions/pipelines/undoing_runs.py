"""A batch of AI moves is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, text

from inbox.actions.refusal import Refusal
from inbox.db import retry_on_conflict, transaction
from inbox.models import AiRun, AiRunStatus, User
from inbox.realtime import announce

SLICE = 500
MOST_SLICES = 20  # in one request

# A move that is still the contact's newest one, of a contact that nobody has pinned since. One that
# came from a stage which is gone stays.
TAKE_BACK = text("""
WITH undone AS MATERIALIZED (
    SELECT a.id, a.contact_id, a.details, c.is_pinned
    FROM contact_activities a
    JOIN contacts c ON c.id = a.contact_id
    WHERE a.ai_run_id = :run_id AND a.type = 'STAGE_CHANGED' AND a.id > :after
      AND NOT c.is_pinned AND c.merged_into_id IS NULL
      AND NOT EXISTS (
          SELECT 1 FROM contact_activities n
          WHERE n.contact_id = a.contact_id AND n.type = 'STAGE_CHANGED' AND n.id > a.id)
      AND (a.details->>'from' IS NULL OR EXISTS (
          SELECT 1 FROM pipeline_stages s WHERE s.id = (a.details->'from'->>'id')::bigint))
    ORDER BY a.id
    LIMIT :slice
    FOR NO KEY UPDATE OF c
), moved AS (
    UPDATE contacts
    SET pipeline_id = stage.pipeline_id,
        stage_id = stage.id,
        stage_entered_at = CASE WHEN stage.id IS NOT NULL
            THEN coalesce((undone.details->>'wasEnteredAt')::timestamptz, now()) END,
        version = contacts.version + 1,
        changed_xid = pg_current_xact_id()
    FROM undone
    LEFT JOIN pipeline_stages stage ON stage.id = (undone.details->'from'->>'id')::bigint
    WHERE contacts.id = undone.contact_id
    RETURNING contacts.id
), told AS (
    INSERT INTO contact_activities (organization_id, contact_id, user_id, type, title, details)
    SELECT :organization_id, contact_id, :user_id, 'STAGE_CHANGED', 'AI''s move undone',
        jsonb_build_object('from', details->'to', 'to', details->'from', 'undoes', id::text)
    FROM undone
)
SELECT id, contact_id FROM undone
""")


@dataclass(frozen=True)
class Undone:
    """`is_done`: there was nothing left to take back. Else ask again."""

    contacts: int
    is_done: bool


def undo_run(run: AiRun, *, by: User) -> Undone:
    """Puts the contacts that this run moved back to where they stood, except those that were moved
    since or are pinned; up to 10,000 at a time. Raises `Refusal` while the run goes on."""
    with transaction() as session:
        session.refresh(run, with_for_update=True)
        if run.status == AiRunStatus.RUNNING:
            raise Refusal("This run is still going on.")
        if run.undone_at is None:
            run.undone_at = func.now()
            run.undone_by_id = by.id
    contacts, after = 0, 0
    for _ in range(MOST_SLICES):
        moved, after = retry_on_conflict(partial(_slice, run, after, by=by))
        contacts += moved
        if moved < SLICE:
            return Undone(contacts, is_done=True)
    return Undone(contacts, is_done=False)


def _slice(run: AiRun, after: int, *, by: User) -> tuple[int, int]:
    """How many were taken back, and the last activity among them."""
    given = {
        "run_id": run.id,
        "after": after,
        "slice": SLICE,
        "organization_id": run.organization_id,
        "user_id": by.id,
    }
    with transaction() as session:
        rows = session.execute(TAKE_BACK, given).all()
        announce(contacts=[row.contact_id for row in rows])
    return len(rows), max((row.id for row in rows), default=after)
