"""Taking requests in hand, and giving them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update

from inbox.db import transaction
from inbox.extensions import db
from inbox.models import AnalysisReason, AnalysisRequest, Contact, Priority

LEASE = timedelta(seconds=10)
LATER_WITHOUT_KEYS = timedelta(hours=6)
SOON = timedelta(minutes=2)
MOST_POSTPONED = 5000
FIRST_PAUSE = timedelta(minutes=5)
MOST_DOUBLINGS = 8  # about a day

# Those that the rules have stood in for already wait for the AI alone.
FOR_RULES = AnalysisRequest.reason != AnalysisReason.RETRY_AI


@dataclass(frozen=True)
class Held:
    """A request in this worker's hands. Every write for it is fenced by `attempt`."""

    id: int
    organization_id: int
    contact_id: int
    facebook_page_id: int
    reason: AnalysisReason
    priority: int
    attempt: int
    due_at: datetime
    tries: int
    requested_by_id: int | None
    ai_run_id: int | None
    sync_job_id: int | None

    @property
    def run_id(self) -> int | None:
        """The batch that a move of this contact belongs to: none for what a customer wrote since
        (the row may have belonged to one before)."""
        return None if self.reason == AnalysisReason.QUIET else self.ai_run_id


def is_due(*, with_ai: bool) -> bool:
    """Is there anything to be done now, by AI or by the rules?"""
    found = select(or_(*(_due(each, with_ai=with_ai).exists() for each in Priority)))
    is_found = db.session.scalar(found)
    db.session.rollback()
    return bool(is_found)


def claim(most: int, *, with_ai: bool) -> list[Held]:
    """What has been due for longest, the most urgent first; all of one Page, so that they are
    judged alike."""
    for priority in Priority:
        with transaction() as session:
            query = _due(priority, with_ai=with_ai).order_by(AnalysisRequest.due_at).limit(most)
            rows = session.execute(
                query.with_for_update(of=AnalysisRequest, skip_locked=True)
            ).all()
            chosen = [row.id for row in rows if row.page_id == rows[0].page_id]
            if chosen:
                return _take(chosen, rows[0].page_id)
    return []


def _due(priority: Priority, *, with_ai: bool) -> Any:
    query = select(AnalysisRequest.id, Contact.facebook_page_id.label("page_id")).join(
        Contact, Contact.id == AnalysisRequest.contact_id
    )
    query = query.where(AnalysisRequest.due(priority))
    return query if with_ai or priority != Priority.LATER else query.where(FOR_RULES)


def _take(request_ids: Sequence[int], facebook_page_id: int) -> list[Held]:
    request = AnalysisRequest
    names = [name for name in Held.__annotations__ if name != "facebook_page_id"]
    with transaction() as session:
        rows = session.execute(
            update(request)
            .where(request.id.in_(request_ids))
            .values(lease_until=func.now() + LEASE, attempt=request.attempt + 1)
            .returning(*(getattr(request, name) for name in names))
            .execution_options(synchronize_session=False)
        ).all()
    held = [Held(facebook_page_id=facebook_page_id, **row._mapping) for row in rows]
    return sorted(held, key=lambda each: each.due_at)


def ours(held: Iterable[Held]) -> ColumnElement[bool]:
    """These rows, as long as nobody else has taken them."""
    mine = {each.id: each.attempt for each in held}
    attempt = case(mine, value=AnalysisRequest.id, else_=-1) if mine else None
    return AnalysisRequest.id.in_(mine) & (AnalysisRequest.attempt == attempt)


def renew(held: Sequence[Held]) -> bool:
    """Keeps the leases; False once none of them is ours any more."""
    with transaction() as session:
        renewed = session.scalars(
            update(AnalysisRequest)
            .where(ours(held), AnalysisRequest.lease_until.is_not(None))
            .values(lease_until=func.now() + LEASE)
            .returning(AnalysisRequest.id)
            .execution_options(synchronize_session=False)
        ).all()
    return bool(renewed)


def release(held: Sequence[Held], *, tried: bool = False) -> None:
    """Whoever comes next may take them; `tried`: the AI was asked in vain."""
    if not held:
        return
    values: dict[str, Any] = {"lease_until": None}
    if tried:
        values["tries"] = AnalysisRequest.tries + 1
    with transaction() as session:
        session.execute(
            update(AnalysisRequest)
            .where(ours(held))
            .values(values)
            .execution_options(synchronize_session=False)
        )


def postpone(held: Sequence[Held]) -> None:
    """An error of ours: they are tried again later, ever more slowly, so that no error asks the AI
    for the same thing again and again."""
    pause = FIRST_PAUSE * func.pow(2, func.least(AnalysisRequest.tries, MOST_DOUBLINGS))
    with transaction() as session:
        session.execute(
            update(AnalysisRequest)
            .where(ours(held))
            .values(
                lease_until=None,
                due_at=func.clock_timestamp() + pause,
                tries=AnalysisRequest.tries + 1,
            )
            .execution_options(synchronize_session=False)
        )


def postpone_retries() -> None:
    """There is no key to try them with; else they would be looked at again and again."""
    request = AnalysisRequest
    some = (
        select(request.id)
        .where(request.due(Priority.LATER), request.reason == AnalysisReason.RETRY_AI)
        .limit(MOST_POSTPONED)
        .with_for_update(skip_locked=True)
    )
    with transaction() as session:
        session.execute(
            update(request)
            .where(request.id.in_(some))
            .values(due_at=func.now() + LATER_WITHOUT_KEYS)
            .execution_options(synchronize_session=False)
        )


def waits_for_a_key() -> ColumnElement[bool]:
    """The rules stand in for the AI, and it is not about to be asked by itself."""
    request = AnalysisRequest
    return (request.reason == AnalysisReason.RETRY_AI) & (request.due_at > func.now() + SOON)


def wake_retries(organization_id: int) -> None:
    """There is a key again: what the rules stood in for is tried now."""
    with transaction() as session:
        session.execute(
            update(AnalysisRequest)
            .where(AnalysisRequest.organization_id == organization_id, waits_for_a_key())
            .values(due_at=func.now())
            .execution_options(synchronize_session=False)
        )
