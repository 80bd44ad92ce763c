"""Where an analysis puts a contact on the board: at once, by review, or nowhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from inbox.actions.ai.past import Past
from inbox.actions.ai.reading import Desk
from inbox.actions.ai.results import Verdict
from inbox.actions.pipelines.moving import enter, outdate_waiting
from inbox.extensions import db
from inbox.models import Contact, ContactActivity, PipelineMode, PipelineStage, StageMove

log = logging.getLogger(__name__)

TITLE = "AI auto-assigned to pipeline"


def file(
    contact: Contact, verdict: Verdict, desk: Desk, stages: Mapping[int, PipelineStage], past: Past
) -> bool:
    """Within a transaction, with the contact and `stages` locked: those of the desk that are still
    there, by id. True where it has moved; whoever calls announces it.

    A contact that a person has pinned stays, and one for which they have refused this very move; so
    does, with SKIP_EXISTING, one that stands in a pipeline already, unless the rules have put it
    there in the AI's place."""
    if not desk.stages or contact.is_pinned or not _is_wanted(contact, verdict, desk, past):
        return False
    stage = _stage_of(verdict.recommended_stage, desk.stages, contact)
    if stage.id == contact.stage_id:
        _outdate(contact, past)
        return False
    if _was_refused(contact, verdict, stage, past):
        return False
    if (verdict.confidence or 0) < desk.organization.ai_review_below:
        _propose(contact, verdict, stage, past)
        return False
    if stage.id not in stages:
        log.warning("Contact %d stays where it is: its stage has been deleted", contact.id)
        return False
    _outdate(contact, past)
    details = _details(verdict)
    held = stages[stage.id]
    enter(contact, held, by=None, title=TITLE, details=details, ai_run_id=verdict.run_id)
    return True


def _outdate(contact: Contact, past: Past) -> None:
    if contact.id in past.waiting:
        outdate_waiting(contact.id)


def _is_wanted(contact: Contact, verdict: Verdict, desk: Desk, past: Past) -> bool:
    if contact.stage_id is None or desk.page.auto_pipeline_mode == PipelineMode.UPDATE_EXISTING:
        return True
    return not verdict.used_fallback and _stands_by_rules(contact, past)


def _stands_by_rules(contact: Contact, past: Past) -> bool:
    """Was the last move of this contact one that the rules made?"""
    newest = past.newest.get(contact.id)
    return newest is not None and bool(newest.details.get("usedFallback"))


def _was_refused(contact: Contact, verdict: Verdict, stage: PipelineStage, past: Past) -> bool:
    """Has a person rejected this very move of this analysis, or taken it back?"""
    if (verdict.analysis_id, stage.id) in past.rejected:
        return True
    newest = past.newest.get(contact.id)
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


def _propose(contact: Contact, verdict: Verdict, stage: PipelineStage, past: Past) -> None:
    """It waits for a person; what waited before is outdated, unless it is the very same."""
    waiting = past.waiting.get(contact.id)
    if waiting is not None and (waiting.to_stage_id, waiting.analysis_id) == (
        stage.id,
        verdict.analysis_id,
    ):
        return
    _outdate(contact, past)
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
