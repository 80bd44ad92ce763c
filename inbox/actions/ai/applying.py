"""An analysis takes effect: once, in the transaction that ends its request."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.ai.claiming import Held, ours
from inbox.actions.ai.filing import file
from inbox.actions.ai.reading import Desk, Input
from inbox.ai import prompt
from inbox.ai.talk import Answer
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    Analysis,
    AnalysisKind,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    ContactActivity,
    LeadStatus,
    PipelineStage,
    Priority,
)
from inbox.realtime import announce

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """`key_number`: which key was asked; null with `used_fallback`, where `retry_at` is when the
    AI is asked again (null: not before there are new messages)."""

    held: Held
    input: Input
    answer: Answer
    used_fallback: bool = False
    key_number: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    retry_at: datetime | None = None
    stored: Analysis | None = field(default=None, compare=False)
    """It had been asked before, of the very same: nothing is stored again."""


def apply(results: Sequence[Result], desk: Desk) -> int:
    """All of these or, when the transaction fails, none. Those whose request was taken over by
    another worker, or is gone, are dropped. Answers how many took effect."""
    if not results:
        return 0
    return retry_on_conflict(lambda: _apply(results, desk))


def _apply(results: Sequence[Result], desk: Desk) -> int:
    with transaction() as session:
        _hold_stages(desk)
        locked = session.scalars(
            select(AnalysisRequest)
            .where(ours([result.held for result in results]))
            .order_by(AnalysisRequest.contact_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        by_id = {result.held.id: result for result in results}
        contact_ids = [request.contact_id for request in locked]
        contacts = {
            contact.id: contact
            for contact in session.scalars(
                select(Contact)
                .where(Contact.id.in_(contact_ids))
                .order_by(Contact.id)
                .with_for_update(key_share=True)
                .execution_options(populate_existing=True)
            )
        }
        for request in locked:
            result, contact = by_id[request.id], contacts[request.contact_id]
            if contact.merged_into_id is None:
                _take_effect(result, contact, desk)
            _end(request, result)
        announce(contacts=contact_ids)
    return len(locked)


def _hold_stages(desk: Desk) -> None:
    """Before the contacts, as who deletes a stage does."""
    held = select(PipelineStage.id).where(PipelineStage.id.in_([row.id for row in desk.stages]))
    db.session.execute(held.order_by(PipelineStage.id).with_for_update(read=True, key_share=True))


def _take_effect(result: Result, contact: Contact, desk: Desk) -> None:
    analysis, is_new = _stored(result, desk)
    before = contact.lead_score
    contact.summary = analysis.summary
    contact.analyzed_at = func.now()
    contact.analyzed_through_at = result.input.through
    if analysis.lead_score is not None:
        contact.lead_score, contact.lead_status = analysis.lead_score, analysis.lead_status
    has_moved = analysis.kind == AnalysisKind.FULL and file(
        contact, analysis, desk, run_id=result.held.run_id
    )
    contact.used_fallback = analysis.used_fallback
    if is_new and not has_moved and analysis.lead_score is not None:
        _note_score(contact, analysis, before)


def _stored(result: Result, desk: Desk) -> tuple[Analysis, bool]:
    """The row of this analysis, and whether it is new."""
    if result.stored is not None:
        return result.stored, False
    held, answer = result.held, result.answer
    values = {
        "organization_id": held.organization_id,
        "contact_id": held.contact_id,
        "kind": AnalysisKind(desk.task.kind),
        "input_hash": result.input.hash,
        "prompt_version": prompt.VERSION,
        "model": None if result.used_fallback else desk.task.model,
        "summary": answer.summary,
        "recommended_stage": answer.stage,
        "lead_score": answer.score,
        "lead_status": answer.status and LeadStatus(answer.status),
        "confidence": answer.confidence,
        "reasoning": answer.reasoning,
        "evidence_ids": list(answer.evidence),
        "used_fallback": result.used_fallback,
        "retry_count": held.tries,
        "key_number": result.key_number,
        "input_tokens": result.input_tokens,
        "output_tokens": result.output_tokens,
    }
    # Time has passed since the rules last looked, and they look at the time.
    anew = {name: values[name] for name in ("summary", "recommended_stage", "lead_score")}
    anew |= {name: values[name] for name in ("lead_status", "reasoning", "retry_count")}
    keys = ["contact_id", "input_hash", "used_fallback"]
    adding = insert(Analysis).values(values)
    adding = adding.on_conflict_do_update(index_elements=keys, set_=anew)
    stored = adding.returning(Analysis.id, Analysis.created_at == func.now())
    analysis_id, is_new = db.session.execute(stored).one()
    return db.session.get_one(Analysis, analysis_id, populate_existing=True), is_new


def _note_score(contact: Contact, analysis: Analysis, before: int | None) -> None:
    by = "Scored by rules" if analysis.used_fallback else "Scored by AI"
    db.session.add(
        ContactActivity(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            type=ActivityType.SCORED,
            title=f"{by}: {analysis.lead_score}",
            details={
                "from": before,
                "to": analysis.lead_score,
                "status": analysis.lead_status,
                "reasoning": analysis.reasoning,
                "usedFallback": analysis.used_fallback,
            },
        )
    )


def _end(request: AnalysisRequest, result: Result) -> None:
    """Done, unless something new came meanwhile, or the AI is to be asked again."""
    if request.due_at != result.held.due_at:
        request.lease_until = None
    elif result.retry_at is None:
        db.session.delete(request)
    else:
        request.reason, request.priority = AnalysisReason.RETRY_AI, Priority.LATER
        request.due_at, request.lease_until = result.retry_at, None
        request.tries = result.held.tries + 1
