"""Logins at Facebook that are under way: begun here, come back from there, and forgotten soon."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from inbox.actions.refusal import Refusal
from inbox.actions.team.tokens import digest
from inbox.config import settings
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.access import oauth
from inbox.meta.access.scopes import SCOPES
from inbox.meta.access.tokens import encrypt
from inbox.meta.client import graph
from inbox.models import FacebookLogin, FacebookPage, User

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)
ENDED = "This login is no longer valid. Start again."


def begin(*, browser: str, by: User, page: FacebookPage | None = None) -> str:
    """The `state` that goes to Facebook and comes back, once, within ten minutes, to this browser
    (a secret that it alone holds) and this admin. `page`: the one to reconnect."""
    state = secrets.token_urlsafe(32)
    with transaction() as session:
        session.add(
            FacebookLogin(
                organization_id=by.organization_id,
                user_id=by.id,
                facebook_page_id=page and page.id,
                state_hash=digest(state),
                browser_hash=digest(browser),
                expires_at=func.now() + LIFETIME,
            )
        )
    return state


def take_return(state: str, *, browser: str, by: User) -> FacebookLogin:
    """The login that this `state` began; of two who bring it one gets it.

    Raises `Refusal` for a state that is missing, somebody else's, another browser's, used or old:
    else anybody could make an admin's browser connect a Page of theirs (RFC 6749, 10.12).
    """
    with transaction() as session:
        login: FacebookLogin | None = session.scalar(
            update(FacebookLogin)
            .where(FacebookLogin.state_hash == digest(state), _open(browser, by))
            .where(FacebookLogin.returned_at.is_(None))
            .values(returned_at=func.now(), expires_at=func.now() + LIFETIME)
            .returning(FacebookLogin)
        )
    if login is None:
        log.warning("A login at Facebook was refused to user %d: %s", by.id, _why(state, by))
        raise Refusal(ENDED)
    return login


def keep_token(login: FacebookLogin, *, code: str, redirect_uri: str) -> None:
    """Trades the code for the person's long-lived token and keeps that, encrypted, until Pages are
    chosen. Raises `MetaError`; then the login is over."""
    config = settings()
    token = oauth.exchange_code(graph(), config, code=code, redirect_uri=redirect_uri)
    person_id = oauth.person_id(graph(), token)
    granted = oauth.granted_scopes(graph(), token)
    with transaction() as session:
        session.add(login)
        login.user_token_encrypted = encrypt(token)
        login.meta_user_id = person_id
        login.declined_scopes = [scope for scope in SCOPES if scope not in granted]


def is_open(login: FacebookLogin, *, browser: str, by: User) -> bool:
    """Whether Pages may still be chosen, here and by this admin."""
    waiting = FacebookLogin.user_token_encrypted.is_not(None)
    query = select(FacebookLogin.id).where(FacebookLogin.id == login.id, waiting)
    return db.session.scalar(query.where(_open(browser, by))) is not None


def end(login: FacebookLogin) -> bool:
    """Forgets the login and its token; False when that was done already."""
    with transaction() as session:
        gone = delete(FacebookLogin).where(FacebookLogin.id == login.id)
        gone = gone.execution_options(synchronize_session=False)
        return session.scalar(gone.returning(FacebookLogin.id)) is not None


def prune_logins() -> None:
    """Every minute: those whose time is over, with their tokens."""
    with transaction() as session:
        session.execute(delete(FacebookLogin).where(FacebookLogin.expires_at < func.now()))


def _open(browser: str, by: User) -> ColumnElement[bool]:
    return and_(
        FacebookLogin.user_id == by.id,
        FacebookLogin.organization_id == by.organization_id,
        FacebookLogin.browser_hash == digest(browser),
        FacebookLogin.expires_at > func.now(),
    )


def _why(state: str, by: User) -> str:
    """For the operator; holds nothing that was sent."""
    found = db.session.scalar(
        select(FacebookLogin).where(FacebookLogin.state_hash == digest(state))
    )
    if not state:
        return "no state"
    if found is None:
        return "an unknown state"
    if found.user_id != by.id:
        return f"the state of user {found.user_id}"
    return "a state that was used" if found.returned_at else "another browser's or an old state"
