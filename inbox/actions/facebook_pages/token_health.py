"""Each Page's token, looked at once a day: is it valid, until when, and what may it do?"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, update

from inbox.actions.facebook_pages.page_access import access_to, note_refused_token
from inbox.actions.notifications import no_longer, notify
from inbox.config import settings
from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.meta.access.scopes import WITHOUT, missing_scopes
from inbox.meta.access.token_health import TokenHealth, inspect_token
from inbox.meta.client import graph
from inbox.meta.errors import MetaError
from inbox.models import FacebookPage, NotificationKind
from inbox.realtime import publish

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(days=1)
SPREAD_SECONDS = 3600  # so that Pages connected together are not asked about together
WARN_BEFORE = timedelta(days=10)


def check_token(page_id: int) -> None:
    """Asks Meta about this Page's token, keeps what it says, and tells the admins what will end
    soon or has ended."""
    with transaction() as session:
        page = session.get_one(FacebookPage, page_id, populate_existing=True)
        access = access_to(page)
    config = settings()
    if access is None or page.disconnected_at is not None or config.facebook_app_secret is None:
        return
    try:
        health = inspect_token(graph(), config, access.token)
    except MetaError as error:  # about us, not about the token; the clock asks again
        log.warning("Nothing is known of the token of page %s: %s", page.page_id, error)
        return
    if health.refusal is not None:
        note_refused_token(page, health.refusal)
    elif _keep(page, health):
        _warn(page, health)


def _keep(page: FacebookPage, health: TokenHealth) -> bool:
    """False when the Page has been given another token meanwhile."""
    pause = AGAIN_AFTER + timedelta(seconds=random.uniform(-SPREAD_SECONDS, SPREAD_SECONDS))  # noqa: S311 - spreads, no secret
    with transaction() as session:
        kept = session.scalar(
            update(FacebookPage)
            .where(
                FacebookPage.id == page.id,
                FacebookPage.access_token_encrypted == page.access_token_encrypted,
            )
            .values(
                token_checked_at=func.now(),
                token_check_due_at=func.now() + pause,
                token_expires_at=health.expires_at,
                data_access_expires_at=health.data_access_expires_at,
                missing_scopes=_missing(page, health),
            )
            .returning(FacebookPage.id)
            .execution_options(synchronize_session=False)
        )
        publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))
    return kept is not None


def _warn(page: FacebookPage, health: TokenHealth) -> None:
    _warn_of_end(
        page,
        NotificationKind.TOKEN_EXPIRES,
        health.expires_at,
        "After that nothing is received or sent.",
    )
    _warn_of_end(
        page,
        NotificationKind.DATA_ACCESS_EXPIRES,
        # Only Instagram's permissions end with it (META_PLATFORM.md §6).
        health.data_access_expires_at if page.instagram_account_id else None,
        "Meta asks the person who connected it to log in again every 90 days; after that it "
        "withholds Instagram messages.",
    )
    missing = _missing(page, health)
    if not missing:
        no_longer(page, NotificationKind.PERMISSION_LOST)
        return
    notify(
        page,
        kind=NotificationKind.PERMISSION_LOST,
        title=f"{page.name} lacks permissions",
        text=" ".join(WITHOUT[scope] for scope in missing)
        + " Reconnect it and accept everything that is asked.",
    )


def _warn_of_end(
    page: FacebookPage, kind: NotificationKind, end: datetime | None, meaning: str
) -> None:
    if end is None or end - datetime.now(UTC) > WARN_BEFORE:
        no_longer(page, kind)
        return
    notify(
        page,
        kind=kind,
        title=f"{page.name} must be reconnected by {end:%-d %B}",
        text=f"{meaning} Reconnect it before that day.",
    )


def _missing(page: FacebookPage, health: TokenHealth) -> list[str]:
    if health.scopes is None:  # Meta does not say
        return page.missing_scopes
    return missing_scopes(health.scopes, with_instagram=page.instagram_account_id is not None)
