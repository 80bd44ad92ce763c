"""When the person who connected a Page removes the app, or asks Meta to delete their data."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from inbox.actions.facebook_pages.pages import forget_token
from inbox.actions.notifications import notify
from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.meta.deliveries.signed_request import SignedRequest
from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain
from inbox.models import DataDeletion, FacebookLogin, FacebookPage, NotificationKind
from inbox.realtime import publish

log = logging.getLogger(__name__)

REMOVED = MetaError(ErrorKind.TOKEN, "The app was removed.", code=190, subcode=458)
OTHER_CLOCK = timedelta(minutes=1)  # by so much may Meta's clock and ours differ


def deauthorize(request: SignedRequest) -> None:
    """The Pages that this person connected must be connected again."""
    with transaction():
        for page in _pages_of(request):
            if page.token_failed_at is None:
                page.token_failed_at = func.now()
                page.token_error = explain(REMOVED)
                publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))
                _tell(page, f"{page.name} must be reconnected", explain(REMOVED))
    log.info("A person removed the app")


def delete_data(request: SignedRequest) -> str:
    """Forgets the tokens that this person gave, their logins and who they are; answers the code of
    the record. Conversations belong to the organization and stay."""
    code = secrets.token_urlsafe(16)
    with transaction() as session:
        session.execute(delete(FacebookLogin).where(FacebookLogin.meta_user_id == request.user_id))
        pages = _pages_of(request)
        for page in pages:
            forget_token(page)
            _tell(
                page,
                f"{page.name} has been disconnected",
                "The person who connected it asked Meta to delete their data, so its token is "
                "forgotten. Conversations stay; connect the Page again to answer.",
            )
        session.add(DataDeletion(code=code, pages=len(pages)))
    return code


def _pages_of(request: SignedRequest) -> Sequence[FacebookPage]:
    """Those that this person connected before they left: an old request that is sent once more
    does not end a connection that was made since."""
    query = select(FacebookPage).where(
        FacebookPage.connected_by_meta_user_id == request.user_id,
        FacebookPage.connected_at <= request.issued_at + OTHER_CLOCK,
    )
    with transaction() as session:
        return session.scalars(query.with_for_update()).all()


def _tell(page: FacebookPage, title: str, text: str) -> None:
    notify(page, kind=NotificationKind.TOKEN_EXPIRED, title=title, text=text)
