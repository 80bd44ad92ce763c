"""What keeps the AI's work going by itself: found by the database's own state."""

from __future__ import annotations

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.ai import claiming, usage
from inbox.actions.ai.pool import key_pool
from inbox.actions.ai.requesting import PRIORITIES, nudge
from inbox.config import settings
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import AnalysisReason, AnalysisRequest, Contact
from inbox.models.interaction_sweep import BEGIN, BY_INDEX, CATCH_UP

ACTIVE_DAYS, STALE_DAYS = 7, 30


def sweep_requests() -> None:
    """Every 5 s: wakes workers for what is due, whose nudge was lost or whose worker died."""
    if claiming.is_due(with_ai=True):
        nudge(settings().ai_processes)


def sweep_interactions() -> None:
    """Every 5 s: when contacts last wrote, and whom to analyse a minute after they fell quiet."""
    retry_on_conflict(_catch_up)


def _catch_up() -> None:
    with transaction() as session:
        session.execute(BEGIN)
        session.execute(BY_INDEX)
        session.execute(CATCH_UP)


def request_stale() -> None:
    """Every week: contacts who wrote within 7 days and whose analysis is older than 30."""
    reason = AnalysisReason.WEEKLY
    days = func.make_interval(0, 0, 0, 1)
    stale = (
        select(
            Contact.organization_id,
            Contact.id,
            literal(reason, AnalysisRequest.reason.type),
            literal(int(PRIORITIES[reason])),
        )
        .where(
            Contact.last_interaction_at > func.now() - ACTIVE_DAYS * days,
            Contact.analyzed_at < func.now() - STALE_DAYS * days,
            Contact.merged_into_id.is_(None),
        )
        .order_by(Contact.id)
    )
    columns = ["organization_id", "contact_id", "reason", "priority"]
    adding = insert(AnalysisRequest).from_select(columns, stale)
    with transaction() as session:
        session.execute(adding.on_conflict_do_nothing())
        nudge()


def wake_retries() -> None:
    """At the clock's start and every half hour: where there was no key and now there is one, the
    AI is asked at last. Not for organizations that have used up their day."""
    pool = key_pool()
    if pool.away_because() or not any(key.state != "INVALID" for key in pool.states()):
        return
    waiting = select(AnalysisRequest.organization_id).where(claiming.waits_for_a_key()).distinct()
    for organization_id in db.session.scalars(waiting).all():
        if usage.left_today(organization_id):
            claiming.wake_retries(organization_id)
    nudge()
