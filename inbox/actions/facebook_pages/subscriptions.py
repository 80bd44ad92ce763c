"""Meta's deliveries for each Page: asked for, looked after, and asked for again.

Meta unsubscribes a Page by itself when our address has failed for an hour, without a word
(META_PLATFORM.md §1.7); what came meanwhile only a sync can bring.
"""

from __future__ import annotations

import logging
import random
from datetime import timedelta

from sqlalchemy import func, update

from inbox.actions import sync
from inbox.actions.facebook_pages.page_access import access_to, note_refused_token
from inbox.actions.notifications import notify
from inbox.actions.refusal import Refusal
from inbox.config import settings
from inbox.db import transaction
from inbox.meta.access import subscriptions as at_meta
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import graph
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.models import FacebookPage, NotificationKind, SyncKind

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
SPREAD_SECONDS = 300  # so that Pages connected together are not asked about together


def subscribe(page: FacebookPage) -> None:
    """From now on Meta delivers what happens on this Page. Raises `MetaError`; the clock tries
    again."""
    access = access_to(page)
    if access is not None:
        _subscribe(page, access)


def check_subscription(page_id: int) -> None:
    """Every hour, and first after a Page was connected by a command: is Meta delivering? If it no
    longer is, it is asked to again, the admins are told, and a sync fills the hole."""
    with transaction() as session:
        page = session.get_one(FacebookPage, page_id, populate_existing=True)
        access = access_to(page)
    if access is None or page.disconnected_at is not None:
        return
    try:
        if page.subscribed_at is None:
            _subscribe(page, access)
        elif settings().facebook_app_id is None:
            _later(page)  # Meta lists subscriptions by app, and we do not know which is ours
        else:
            _look(page, access)
    except MetaError as error:
        _failed(page, error)


def _look(page: FacebookPage, access: PageAccess) -> None:
    fields = at_meta.subscribed_fields(graph(), settings(), access)
    if fields.issuperset(at_meta.FIELDS):
        _note(page, renewed=False)
        return
    _subscribe(page, access)
    if not fields:
        _fill_the_hole(page)


def _subscribe(page: FacebookPage, access: PageAccess) -> None:
    at_meta.subscribe(graph(), access)
    _note(page, renewed=True)


def _note(page: FacebookPage, *, renewed: bool) -> None:
    since = func.now() if renewed else func.coalesce(FacebookPage.subscribed_at, func.now())
    pause = AGAIN_AFTER + timedelta(seconds=random.uniform(-SPREAD_SECONDS, SPREAD_SECONDS))  # noqa: S311 - spreads, no secret
    with transaction() as session:
        session.execute(
            update(FacebookPage)
            .where(FacebookPage.id == page.id, FacebookPage.connected())
            .values(subscribed_at=since, subscription_check_due_at=func.now() + pause)
            .execution_options(synchronize_session=False)
        )


def _fill_the_hole(page: FacebookPage) -> None:
    """`page` is as it was before: its `subscribed_at` tells one occasion from the next."""
    log.warning("Meta had unsubscribed page %s; it is subscribed again", page.page_id)
    with transaction():
        notify(
            page,
            kind=NotificationKind.RESUBSCRIBED,
            title=f"Meta had unsubscribed {page.name}",
            text="Meta stops delivering when Inbox cannot be reached for an hour. The Page is "
            "subscribed again, and a sync brings what came meanwhile.",
            occasion=str(page.subscribed_at),
        )
        try:
            sync.request_sync(page, kind=SyncKind.CHANGES)
        except Refusal as refusal:  # disconnected at this very moment
            log.info("No sync of page %s: %s", page.page_id, refusal)


def _failed(page: FacebookPage, error: MetaError) -> None:
    log.warning("The subscription of page %s is not known: %s", page.page_id, error)
    note_refused_token(page, error)
    if error.kind == ErrorKind.PERMISSION:
        notify(
            page,
            kind=NotificationKind.PERMISSION_LOST,
            title=f"Meta delivers nothing for {page.name}",
            text=explain(error),
        )
    elif error.kind != ErrorKind.TOKEN:
        return
    _later(page)


def _later(page: FacebookPage) -> None:
    """What only a person can put right is looked at no more often than the rest."""
    with transaction() as session:
        session.execute(
            update(FacebookPage)
            .where(FacebookPage.id == page.id)
            .values(subscription_check_due_at=func.now() + AGAIN_AFTER)
            .execution_options(synchronize_session=False)
        )
