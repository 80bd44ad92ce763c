"""An analysis takes effect: once, in the transaction that ends its request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from inbox.actions.ai.claiming import ours
from inbox.actions.ai.filing import file
from inbox.actions.ai.past import Past, past_of
from inbox.actions.ai.reading import Desk
from inbox.actions.ai.results import Result, Verdict, stored_verdicts
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    ContactActivity,
    PipelineStage,
    Priority,
)
from inbox.realtime import announce

QUIETLY: Any = {"execution_options": {"synchronize_session": False}}


def apply(results: Sequence[Result], desk: Desk) -> int:
    """All of these or, when the transaction fails, none. Those whose request was taken over by
    another worker, or is gone, are dropped. Answers how many took effect."""
    if not results:
        return 0
    return retry_on_conflict(lambda: _apply(results, desk))


def _apply(results: Sequence[Result], desk: Desk) -> int:
    with transaction() as session:
        stages = _held_stages(desk)
        locked = session.scalars(
            select(AnalysisRequest)
            .where(ours([result.held for result in results]))
            .order_by(AnalysisRequest.contact_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        by_id = {result.held.id: result for result in results}
        taken = [by_id[request.id] for request in locked]
        contacts = _locked_contacts([request.contact_id for request in locked])
        past = past_of(contacts)
        verdicts = stored_verdicts([r for r in taken if r.held.contact_id in contacts], desk)
        with session.no_autoflush:  # all that is set here is written together
            for contact_id, verdict in verdicts.items():
                _take_effect(verdict, contacts[contact_id], desk, stages, past)
            _end(locked, by_id)
        announce(contacts=verdicts)  # at once: each told by itself costs as much as all
    return len(locked)


def _locked_contacts(contact_ids: Sequence[int]) -> dict[int, Contact]:
    """By id, without those that are part of another one by now."""
    query = select(Contact).where(Contact.id.in_(contact_ids), Contact.merged_into_id.is_(None))
    query = query.order_by(Contact.id).with_for_update(key_share=True)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.id: row for row in rows}


def _held_stages(desk: Desk) -> dict[int, PipelineStage]:
    """Those that are still there, by id. Before the contacts, as who deletes a stage does."""
    held = select(PipelineStage).where(PipelineStage.id.in_([row.id for row in desk.stages]))
    held = held.order_by(PipelineStage.id).with_for_update(read=True, key_share=True)
    return {row.id: row for row in db.session.scalars(held)}


def _take_effect(
    verdict: Verdict,
    contact: Contact,
    desk: Desk,
    stages: Mapping[int, PipelineStage],
    past: Past,
) -> None:
    before = contact.lead_score
    contact.summary = verdict.summary
    contact.analyzed_at = func.now()
    contact.analyzed_through_at = verdict.through
    if verdict.lead_score is not None:
        contact.lead_score, contact.lead_status = verdict.lead_score, verdict.lead_status
    has_moved = file(contact, verdict, desk, stages, past)
    contact.used_fallback = verdict.used_fallback
    if verdict.is_new and not has_moved and verdict.lead_score is not None:
        _note_score(contact, verdict, before)


def _note_score(contact: Contact, verdict: Verdict, before: int | None) -> None:
    by = "Scored by rules" if verdict.used_fallback else "Scored by AI"
    db.session.add(
        ContactActivity(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            type=ActivityType.SCORED,
            title=f"{by}: {verdict.lead_score}",
            details={
                "from": before,
                "to": verdict.lead_score,
                "status": verdict.lead_status,
                "reasoning": verdict.reasoning,
                "usedFallback": verdict.used_fallback,
            },
        )
    )


def _end(requests: Sequence[AnalysisRequest], results: dict[int, Result]) -> None:
    """Done, unless something new came meanwhile, or the AI is to be asked again."""
    due = {result.held.id: result.held.due_at for result in results.values()}
    newer = [request.id for request in requests if request.due_at != due[request.id]]
    ended = [results[request.id] for request in requests if request.due_at == due[request.id]]
    done = [result.held.id for result in ended if result.retry_at is None]
    db.session.execute(delete(AnalysisRequest).where(AnalysisRequest.id.in_(done)), **QUIETLY)
    _change(newer, lease_until=None)
    later = [result for result in ended if result.retry_at is not None]
    for retry_at, tried in {(result.retry_at, result.tried) for result in later}:
        _change(
            [each.held.id for each in later if (each.retry_at, each.tried) == (retry_at, tried)],
            reason=AnalysisReason.RETRY_AI,
            priority=Priority.LATER,
            due_at=retry_at,
            lease_until=None,
            tries=AnalysisRequest.tries + int(tried),
        )


def _change(request_ids: Sequence[int], **values: Any) -> None:
    if request_ids:
        changing = update(AnalysisRequest).where(AnalysisRequest.id.in_(request_ids))
        db.session.execute(changing.values(values), **QUIETLY)
