"""Acting at Meta in the name of a Page, and noticing that we no longer may."""

from __future__ import annotations

import logging

from sqlalchemy import func, update

from inbox.actions.notifications import notify
from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.meta.access.page_access import PageAccess
from inbox.meta.access.tokens import UnreadableTokenError, decrypt
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.models import Contact, FacebookPage, NotificationKind, Platform
from inbox.realtime import publish

log = logging.getLogger(__name__)

MUST_RECONNECT = (
    "This Page's connection to Meta has ended, so nothing can be sent. An admin must reconnect it "
    "in Settings → Integrations."
)


def access_to(page: FacebookPage) -> PageAccess | None:
    """What calls for this Page need; None when it must be reconnected first."""
    if page.access_token_encrypted is None or page.needs_reconnect:
        return None
    try:
        return PageAccess(page.page_id, decrypt(page.access_token_encrypted))
    except UnreadableTokenError as error:
        log.error("Page %s: %s", page.page_id, error)  # noqa: TRY400 - no trace near tokens
        return None


def person_id(contact: Contact, platform: Platform) -> str:
    """Meta's id of the person on this platform. Raises ValueError when they are not on it."""
    found = contact.instagram_sid if platform == Platform.INSTAGRAM else contact.messenger_psid
    if found is None:
        raise ValueError(f"contact {contact.id} is not on {platform}")
    return found


def note_refused_token(page: FacebookPage, error: MetaError) -> None:
    """After an error of the kind TOKEN: nothing is sent for this Page until it is reconnected.
    The admins are told. Does nothing for other kinds, or when the Page has been given another
    token meanwhile."""
    if error.kind != ErrorKind.TOKEN:
        return
    with transaction() as session:
        failed = session.scalar(
            update(FacebookPage)
            .where(
                FacebookPage.id == page.id,
                FacebookPage.access_token_encrypted == page.access_token_encrypted,
                FacebookPage.token_failed_at.is_(None),
            )
            .values(token_failed_at=func.now(), token_error=explain(error))
            .returning(FacebookPage.id)
            .execution_options(synchronize_session=False)
        )
        if failed is None:
            return
        publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))
        notify(
            page,
            kind=NotificationKind.TOKEN_EXPIRED,
            title=f"{page.name} must be reconnected",
            text=explain(error),
        )
    log.warning("Page %s must be reconnected: %s", page.page_id, error)
