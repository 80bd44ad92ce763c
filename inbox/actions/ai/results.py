"""What came of an analysis, and its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.ai.claiming import Held
from inbox.actions.ai.reading import Desk, Input
from inbox.ai import prompt
from inbox.ai.talk import Answer
from inbox.extensions import db
from inbox.models import Analysis, AnalysisKind, LeadStatus

# The rules look at the time, so their answer about the very same changes with it.
CHANGING = ("summary", "recommended_stage", "lead_score", "lead_status", "reasoning", "retry_count")


@dataclass(frozen=True)
class Result:
    """`key_number`: which key was asked; null with `used_fallback`, where `retry_at` is when the
    AI is asked again (null: not before there are new messages); `tried`: it was asked about this
    contact, and in vain."""

    held: Held
    input: Input
    answer: Answer
    used_fallback: bool = False
    key_number: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    retry_at: datetime | None = None
    tried: bool = False
    stored: Analysis | None = field(default=None, compare=False)
    """It had been asked before, of the very same: nothing is stored again."""


@dataclass(frozen=True)
class Verdict:
    """What an analysis says of its contact. `is_new`: its row was not there before. `through` as
    in `Input`; `run_id`: the batch that a move belongs to."""

    analysis_id: int
    is_new: bool
    through: datetime | None
    run_id: int | None
    summary: str
    recommended_stage: str | None
    lead_score: int | None
    lead_status: LeadStatus | None
    confidence: int | None
    reasoning: str | None
    used_fallback: bool

    @classmethod
    def of(cls, result: Result, row: Any, *, is_new: bool) -> Verdict:
        """`row` is the analysis's, as it stands in the database."""
        return cls(
            analysis_id=row.id,
            is_new=is_new,
            through=result.input.through,
            run_id=result.held.run_id,
            summary=row.summary,
            recommended_stage=row.recommended_stage,
            lead_score=row.lead_score,
            lead_status=row.lead_status,
            confidence=row.confidence,
            reasoning=row.reasoning,
            used_fallback=row.used_fallback,
        )


def stored_verdicts(results: Sequence[Result], desk: Desk) -> dict[int, Verdict]:
    """By contact id, in the order of the results; within a transaction, by one statement."""
    fresh = {result.held.contact_id: result for result in results if result.stored is None}
    found = {
        result.held.contact_id: Verdict.of(result, result.stored, is_new=False)
        for result in results
        if result.stored is not None
    }
    if fresh:
        adding = insert(Analysis).values([_values(each, desk) for each in fresh.values()])
        keys = ["contact_id", "input_hash", "used_fallback"]
        anew = {name: getattr(adding.excluded, name) for name in CHANGING}
        kept = adding.on_conflict_do_update(index_elements=keys, set_=anew)
        columns = (*Analysis.__table__.columns, (Analysis.created_at == func.now()).label("is_new"))
        for row in db.session.execute(kept.returning(*columns)):
            result = fresh[row.contact_id]
            found[row.contact_id] = Verdict.of(result, row, is_new=row.is_new)
    return {result.held.contact_id: found[result.held.contact_id] for result in results}


def _values(result: Result, desk: Desk) -> dict[str, Any]:
    held, answer = result.held, result.answer
    return {
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
