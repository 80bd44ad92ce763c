"""Events that cannot be taken now: failures, and events that came before their message."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.deliveries.webhook import Item, Unreadable
from inbox.meta.deliveries.webhook_events import Event
from inbox.models import EarlyEvent, FacebookPage, FailureStatus, WebhookFailure

log = logging.getLogger(__name__)

# SQLSTATE classes that blame the data, not the database: data exception, integrity constraint
# violation, program limit exceeded (PostgreSQL, appendix A).
DATA_IS_TO_BLAME = ("22", "23", "54")
LOOK_AT = 500  # newest failures, for what Meta sends again


def blames_data(error: DBAPIError) -> bool:
    return (getattr(error.orig, "pgcode", None) or "")[:2] in DATA_IS_TO_BLAME


def refused(event: Event, item: Item, error: DBAPIError) -> Unreadable:
    """An event that parsed and that PostgreSQL would not take."""
    reason = str(error.orig).strip() or "the database refused it"
    return Unreadable(item.alone(), reason, event.thread.platform, event.thread.account_id)


def record_failures(unreadable: Sequence[Unreadable]) -> None:
    """Sets events aside, for the admins of the Page's organization where it is known. What lies
    there already is Meta's redelivery, and is not said twice."""
    if not unreadable:
        return
    with transaction() as session:
        for item in unreadable:
            page = _page_of(item)
            if _is_open(page, item.body):
                continue
            session.add(
                WebhookFailure(
                    organization_id=page and page.organization_id,
                    facebook_page_id=page and page.id,
                    body=item.body,
                    reason=item.reason[:1000],
                )
            )
    log.warning("%d webhook events set aside: %r", len(unreadable), unreadable[0].reason[:200])


def set_aside_early(event: Event, item: Item) -> None:
    """Keeps an event whose message has not come yet, once; call it inside a transaction. Of an
    unknown Page nothing is kept."""
    page = db.session.scalar(
        FacebookPage.of_account(event.thread.platform, event.thread.account_id)
    )
    mid = getattr(event, "mid", None)
    if page is None or mid is None:
        return
    body = item.alone()
    known = select(EarlyEvent.id).where(
        EarlyEvent.facebook_page_id == page.id, EarlyEvent.mid == mid, EarlyEvent.body == body
    )
    if db.session.scalar(known) is None:
        db.session.add(EarlyEvent(facebook_page_id=page.id, mid=mid, body=body))


def _page_of(item: Unreadable) -> FacebookPage | None:
    if item.account_id is None or item.platform is None:
        return None
    return db.session.scalar(FacebookPage.of_account(item.platform, item.account_id))


def _is_open(page: FacebookPage | None, body: bytes) -> bool:
    newest = (
        select(WebhookFailure.body, WebhookFailure.status)
        .where(WebhookFailure.organization_id == (page and page.organization_id))
        .order_by(WebhookFailure.id.desc())
        .limit(LOOK_AT)
        .subquery()
    )
    same = (newest.c.body == body) & (newest.c.status == FailureStatus.FAILED)
    return db.session.scalar(select(newest.c.status).where(same).limit(1)) is not None
