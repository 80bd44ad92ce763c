"""Bulk runs: many contacts are analysed because an admin asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from inbox.actions.ai import usage
from inbox.actions.ai.requesting import ask
from inbox.ai.prompt import MOST_IN_BATCH
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    AiRun,
    AiRunKind,
    AiRunStatus,
    Analysis,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    User,
)

USUAL_TOKENS = 900  # of one analysis, where the organization has no experience yet
LOOKED_AT = 500  # analyses


@dataclass(frozen=True)
class Estimate:
    """What a run would cost: of `contacts` so many have `changed` since the AI last read them; only
    those are asked about, in `least` to `most` requests with about `tokens` tokens of input.
    `left`: the requests that the organization has left today."""

    contacts: int
    changed: int
    least: int
    most: int
    tokens: int
    left: int


def estimate(which: Sequence[ColumnElement[bool]], user: User) -> Estimate:
    newer = Contact.analyzed_through_at < Contact.last_interaction_at
    is_changed = or_(
        Contact.analyzed_through_at.is_(None),
        Contact.analyzed_at.is_(None),
        Contact.used_fallback,
        newer,
    )
    counts = select(func.count(), func.count().filter(is_changed)).where(*which)
    contacts, changed = db.session.execute(counts.select_from(Contact)).one()
    usual = _usual_tokens(user.organization_id)
    return Estimate(
        contacts=contacts,
        changed=changed,
        least=-(-changed // MOST_IN_BATCH),
        most=changed,
        tokens=changed * usual,
        left=usage.left_today(user.organization_id),
    )


def _usual_tokens(organization_id: int) -> int:
    newest = (
        select(Analysis.input_tokens)
        .where(Analysis.organization_id == organization_id, Analysis.used_fallback.is_(False))
        .order_by(Analysis.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    found = db.session.scalar(select(func.avg(newest.c.input_tokens)))
    return round(found) if found else USUAL_TOKENS


def start_run(filters: dict[str, Any], *, by: User) -> AiRun:
    """An empty one; `add` puts contacts into it. `filters` as in the list's address."""
    with transaction() as session:
        run = AiRun(
            organization_id=by.organization_id,
            kind=AiRunKind.BULK,
            started_by_id=by.id,
            filter=filters,
        )
        session.add(run)
        session.flush()
    return run


def add(run: AiRun, contact_ids: Sequence[int], *, by: User) -> None:
    """These are to be analysed as part of this run. Done twice, they count once."""
    with transaction() as session:
        row = session.get_one(AiRun, run.id, with_for_update=True, populate_existing=True)
        known = session.scalar(
            select(func.count()).where(
                AnalysisRequest.contact_id.in_(contact_ids), AnalysisRequest.ai_run_id == run.id
            )
        )
        asked = ask(contact_ids, AnalysisReason.BULK, by=by, ai_run_id=run.id)
        row.total += asked - (known or 0)
        row.status, row.completed_at = AiRunStatus.RUNNING, None
