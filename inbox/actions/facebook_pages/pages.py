"""Facebook Pages: connected, and connected again with a new token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from inbox.actions.notifications import no_longer
from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.extensions import db
from inbox.meta.access.tokens import encrypt
from inbox.models import FacebookPage, NotificationKind, Organization
from inbox.realtime import publish

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
# What a new token puts right.
OF_THE_TOKEN = (
    NotificationKind.TOKEN_EXPIRED,
    NotificationKind.TOKEN_EXPIRES,
    NotificationKind.DATA_ACCESS_EXPIRES,
    NotificationKind.PERMISSION_LOST,
)


def connect_page(
    organization: Organization,
    *,
    page_id: str,
    name: str,
    token: str,
    instagram_account_id: str | None = None,
) -> FacebookPage:
    """Connects a Page, or gives one of this organization a new token, name or Instagram account.

    Raises `Refusal` when the Page, or the Instagram account, is connected elsewhere.
    """
    try:
        with transaction() as session:
            page = _page_to_connect(organization, page_id, instagram_account_id)
            page.name = name
            page.instagram_account_id = instagram_account_id or page.instagram_account_id
            _give_token(page, token)
            session.add(page)
            session.flush()
            no_longer(page, *OF_THE_TOKEN)
            publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))
    except IntegrityError as error:  # somebody connected it at the same moment
        raise _connected_elsewhere("Page or Instagram account") from error
    return page


def forget_token(page: FacebookPage) -> None:
    """Inside a transaction: the Page is disconnected; what it has received stays."""
    page.access_token_encrypted = page.connected_by_meta_user_id = None
    page.token_expires_at = page.data_access_expires_at = page.subscribed_at = None
    page.token_failed_at = page.token_error = None
    page.disconnected_at = datetime.now(UTC)
    no_longer(page, *OF_THE_TOKEN)
    publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))


def _give_token(page: FacebookPage, token: str) -> None:
    """What was known of an earlier token is forgotten; the clock looks after this one."""
    now = datetime.now(UTC)
    page.access_token_encrypted = encrypt(token)
    page.connected_at = now
    page.connected_by_meta_user_id = page.disconnected_at = None
    page.token_failed_at = page.token_error = page.token_checked_at = None
    page.token_expires_at = page.data_access_expires_at = None
    page.missing_scopes = []
    page.token_check_due_at, page.subscription_check_due_at = now + A_DAY, now + AN_HOUR


def _page_to_connect(
    organization: Organization, page_id: str, instagram_account_id: str | None
) -> FacebookPage:
    matches = FacebookPage.page_id == page_id
    if instagram_account_id:
        matches = or_(matches, FacebookPage.instagram_account_id == instagram_account_id)
    page = None
    for found in db.session.scalars(select(FacebookPage).where(matches)):
        if found.page_id != page_id:
            raise _connected_elsewhere("Instagram account")
        if found.organization_id != organization.id:
            raise _connected_elsewhere("Page")
        page = found
    return page or FacebookPage(organization_id=organization.id, page_id=page_id)


def _connected_elsewhere(what: str) -> Refusal:
    return Refusal(f"This {what} is already connected elsewhere. Disconnect it there first.")
