"""All contacts of a stage, or of several, go elsewhere: tens of thousands, slice by slice."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from inbox.actions.pipelines.moving import named
from inbox.actions.refusal import Conflict
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import PipelineStage, User

SLICE = 300  # some 30 ms: others wait for a contact no longer than that
MOST_SECONDS = 8.0  # of one request

MOVE = text("""
WITH leaving AS MATERIALIZED (
    SELECT c.id, c.is_pinned, c.stage_entered_at, s.name, s.id AS stage_id, s.pipeline_id
    FROM contacts c JOIN pipeline_stages s ON s.id = c.stage_id
    WHERE c.stage_id = ANY(:stage_ids)
    LIMIT :slice
    FOR NO KEY UPDATE OF c
), moved AS (
    UPDATE contacts
    SET pipeline_id = :pipeline_id, stage_id = :stage_id, stage_entered_at = :entered_at,
        version = contacts.version + 1, changed_xid = pg_current_xact_id()
    FROM leaving WHERE contacts.id = leaving.id
    RETURNING contacts.id
), told AS (
    INSERT INTO contact_activities (organization_id, contact_id, user_id, type, title, details)
    SELECT :organization_id, id, :user_id, 'STAGE_CHANGED', 'The stage ' || name || ' was deleted',
        jsonb_build_object(
            'from', jsonb_build_object(
                'id', stage_id::text, 'name', name, 'pipelineId', pipeline_id::text),
            'to', CAST(:to AS jsonb), 'wasPinned', is_pinned, 'wasEnteredAt', stage_entered_at)
    FROM leaving
)
SELECT id FROM leaving
""").bindparams(
    bindparam("stage_ids", type_=ARRAY(BigInteger)), bindparam("to", type_=JSONB(none_as_null=True))
)


def empty(stages: Sequence[PipelineStage], to: PipelineStage | None, *, by: User) -> bool:
    """Whoever stands in these goes to `to`, or off the board with None; pinned ones stay pinned.
    Outside a transaction each slice is one of its own. False where the time of a request was not
    enough, and some still stand there. Raises `Conflict` where `to` is gone."""
    given = _given(stages, to, by)
    ends = time.monotonic() + MOST_SECONDS
    while time.monotonic() < ends:
        with transaction() as session:
            _hold(to)
            if len(session.execute(MOVE, given).all()) < SLICE:
                return True
    return False


def _hold(to: PipelineStage | None) -> None:
    """Nobody deletes it while contacts are on their way there."""
    if to is None:
        return
    held = select(PipelineStage.id).where(PipelineStage.id == to.id)
    if db.session.scalar(held.with_for_update(read=True, key_share=True)) is None:
        raise Conflict("The stage where its contacts go has just been deleted.", field="moveTo")


def count(stages: Sequence[PipelineStage]) -> int:
    """How many contacts stand in these."""
    counted = text("SELECT count(*) FROM contacts WHERE stage_id = ANY(:stage_ids)").bindparams(
        bindparam("stage_ids", type_=ARRAY(BigInteger))
    )
    return int(db.session.execute(counted, {"stage_ids": [s.id for s in stages]}).scalar_one())


def _given(stages: Sequence[PipelineStage], to: PipelineStage | None, by: User) -> dict[str, Any]:
    return {
        "stage_ids": [stage.id for stage in stages],
        "pipeline_id": to.pipeline_id if to else None,
        "stage_id": to.id if to else None,
        "entered_at": datetime.now(UTC) if to else None,
        "to": named(to),
        "organization_id": by.organization_id,
        "user_id": by.id,
        "slice": SLICE,
    }
