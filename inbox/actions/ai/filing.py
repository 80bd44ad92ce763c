"""Where an analysis puts a contact on the board: at once, by review, or nowhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from inbox.actions.ai.reading import Desk
from inbox.actions.ai.results import Verdict
from inbox.actions.pipelines.moving import move, newest_move, outdate_waiting
from inbox.actions.refusal import Refusal
from inbox.extensions import db
from inbox.models import (
    Contact,
    ContactActivity,
    MoveStatus,
    PipelineMode,
    PipelineStage,
    StageMove,
)

log = logging.getLogger(__name__)

TITLE = "AI auto-assigned to pipeline"


def file(contact: Contact, verdict: Verdict, desk: Desk) -> bool:
    """Within a transaction, with the contact locked. True where it has moved.

    A contact that a person has pinned stays, and one for which they have refused this very move; so
    does, with SKIP_EXISTING, one that stands in a pipeline already, unless the rules have put it
    there in the AI's place."""
    if not desk.stages or contact.is_pinned or not _is_wanted(contact, verdict, desk):
        return False
    stage = _stage_of(verdict.recommended_stage, desk.stages, contact)
    if stage.id == contact.stage_id:
        outdate_waiting(contact.id)
        return False
    if _was_refused(contact, verdict, stage):
        return False
    if (verdict.confidence or 0) < desk.organization.ai_review_below:
        _propose(contact, verdict, stage)
        return False
    try:
        moved = move(
            contact,
            stage,
            by=None,
            title=TITLE,
            details=_details(verdict),
            ai_run_id=verdict.run_id,
        )
    except Refusal as refusal:  # the stage has just been deleted
        log.warning("Contact %d stays where it is: %s", contact.id, refusal.message)
        return False
    return moved is not None


def _is_wanted(contact: Contact, verdict: Verdict, desk: Desk) -> bool:
    if contact.stage_id is None or desk.page.auto_pipeline_mode == PipelineMode.UPDATE_EXISTING:
        return True
    return not verdict.used_fallback and _stands_by_rules(contact)


def _stands_by_rules(contact: Contact) -> bool:
    """Was the last move of this contact one that the rules made?"""
    newest = newest_move(contact)
    return newest is not None and bool(newest.details.get("usedFallback"))


def _was_refused(contact: Contact, verdict: Verdict, stage: PipelineStage) -> bool:
    """Has a person rejected this very move of this analysis, or taken it back?"""
    rejected = select(StageMove.id).where(
        StageMove.contact_id == contact.id,
        StageMove.analysis_id == verdict.analysis_id,
        StageMove.to_stage_id == stage.id,
        StageMove.status == MoveStatus.REJECTED,
    )
    if db.session.scalar(rejected.limit(1)) is not None:
        return True
    newest = newest_move(contact)
    undone_id = newest and newest.details.get("undoes")
    undone = undone_id and db.session.get(ContactActivity, int(undone_id))
    return bool(undone and undone.details.get("analysisId") == str(verdict.analysis_id))


def _stage_of(name: str | None, stages: Sequence[PipelineStage], contact: Contact) -> PipelineStage:
    """By name, upper and lower case alike; else the first one."""
    wanted = (name or "").strip().casefold()
    for stage in stages:
        if stage.name.strip().casefold() == wanted:
            return stage
    log.warning(
        "No stage is called %.100r, contact %d goes to the first one", name or "", contact.id
    )
    return stages[0]


def _details(verdict: Verdict) -> dict[str, Any]:
    return {
        "confidence": verdict.confidence,
        "recommendation": verdict.recommended_stage,
        "reasoning": verdict.reasoning,
        "score": verdict.lead_score,
        "usedFallback": verdict.used_fallback,
        "analysisId": str(verdict.analysis_id),
    }


def _propose(contact: Contact, verdict: Verdict, stage: PipelineStage) -> None:
    """It waits for a person; what waited before is outdated, unless it is the very same."""
    waiting = db.session.scalars(
        select(StageMove).where(
            StageMove.contact_id == contact.id, StageMove.status == MoveStatus.WAITING
        )
    ).one_or_none()
    if waiting is not None and (waiting.to_stage_id, waiting.analysis_id) == (
        stage.id,
        verdict.analysis_id,
    ):
        return
    outdate_waiting(contact.id)
    db.session.add(
        StageMove(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            analysis_id=verdict.analysis_id,
            ai_run_id=verdict.run_id,
            from_stage_id=contact.stage_id,
            to_stage_id=stage.id,
            confidence=verdict.confidence or 0,
        )
    )
    db.session.flush()
