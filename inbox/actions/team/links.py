"""One-time links with which a person chooses a password: the invite, and the reset."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select, update

from inbox.actions.refusal import Refusal
from inbox.actions.team.passwords import hash_of, set_password
from inbox.actions.team.tokens import digest
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import LinkPurpose, User, UserLink

LIFETIME = {LinkPurpose.INVITE: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=24)}


def make_link(user: User, *, by: User) -> tuple[UserLink, str]:
    """A link for this person and its token, which is shown this once: an invite while they have
    no password, else a reset. Earlier links of theirs end.

    Raises `Refusal` for a deactivated person.
    """
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.refresh(user, with_for_update={"key_share": True})
        if not user.is_active:
            raise Refusal(f"{user.name} has been deactivated.")
        purpose = LinkPurpose.INVITE if user.is_invited else LinkPurpose.RESET
        end_links(user)
        link = UserLink(
            organization_id=user.organization_id,
            user_id=user.id,
            created_by_id=by.id,
            purpose=purpose,
            token_hash=digest(token),
            expires_at=func.now() + LIFETIME[purpose],
        )
        session.add(link)
        session.flush()
        session.refresh(link)
    return link, token


def person_of_link(token: str) -> User | None:
    """Who may choose a password with this link, or None when it is unknown, used or expired."""
    return db.session.scalar(
        select(User).join(UserLink, UserLink.user_id == User.id).where(_usable(token))
    )


def use_link(token: str, *, password: str) -> User:
    """Sets the password of the link's person and ends their other sessions and links. Of two who
    use it at once, one is refused.

    Raises `Refusal` when the link is unknown, used or expired.
    """
    if person_of_link(token) is None:
        raise _no_longer()
    db.session.rollback()  # gives the connection back while the hash is computed
    password_hash = hash_of(password)
    with transaction() as session:
        user_id = session.scalar(
            update(UserLink)
            .where(User.id == UserLink.user_id, _usable(token))
            .values(used_at=func.now())
            .returning(UserLink.user_id)
            .execution_options(synchronize_session=False)
        )
        user = session.get(User, user_id, with_for_update={"key_share": True}) if user_id else None
        if user is None or not user.is_active:
            raise _no_longer()
        set_password(user, password_hash)
        end_links(user)
    return user


def end_links(user: User) -> None:
    """Inside a transaction: no link of this person works any more."""
    db.session.execute(
        update(UserLink)
        .where(UserLink.user_id == user.id, UserLink.used_at.is_(None))
        .values(expires_at=func.now())
        .execution_options(synchronize_session=False)
    )


def _usable(token: str) -> ColumnElement[bool]:
    return and_(
        UserLink.token_hash == digest(token),
        UserLink.used_at.is_(None),
        UserLink.expires_at > func.now(),
        User.is_active,
    )


def _no_longer() -> Refusal:
    return Refusal("This link has been used or has expired. Ask an admin for a new one.")
