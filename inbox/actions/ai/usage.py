"""What is asked of the AI is counted before it is sent: a worker that dies has asked all the
same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from inbox.db import transaction
from inbox.extensions import db
from inbox.models import AiUsage, Organization


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def tomorrow() -> datetime:
    """When the day's cap begins anew."""
    return datetime.combine(today() + timedelta(days=1), datetime.min.time(), UTC)


def left_today(organization_id: int) -> int:
    """Requests that the organization may still make today."""
    cap = select(Organization.ai_daily_cap).where(Organization.id == organization_id)
    spent = db.session.scalar(AiUsage.requests_on(organization_id, today())) or 0
    return max((db.session.scalar(cap) or 0) - spent, 0)


def reserve(organization_id: int, key_number: int) -> bool:
    """Counts one request of today; False when the cap is reached."""
    with transaction() as session:
        # Of two who take the last one at once, one must see the other.
        session.execute(
            select(func.pg_advisory_xact_lock(func.hashtext("ai cap"), organization_id))
        )
        if left_today(organization_id) == 0:
            return False
        adding = insert(AiUsage).values(
            organization_id=organization_id, day=today(), key_number=key_number, requests=1
        )
        keys = ["organization_id", "day", "key_number"]
        counted = adding.on_conflict_do_update(
            index_elements=keys, set_={"requests": AiUsage.requests + 1}
        )
        session.execute(counted)
        return True


def note(
    organization_id: int,
    key_number: int,
    *,
    input_tokens: int = 0,
    output_tokens: int = 0,
    has_failed: bool = False,
) -> None:
    """What became of a reserved request."""
    with transaction() as session:
        session.execute(
            update(AiUsage)
            .where(
                AiUsage.organization_id == organization_id,
                AiUsage.day == today(),
                AiUsage.key_number == key_number,
            )
            .values(
                input_tokens=AiUsage.input_tokens + input_tokens,
                output_tokens=AiUsage.output_tokens + output_tokens,
                failures=AiUsage.failures + int(has_failed),
            )
            .execution_options(synchronize_session=False)
        )
