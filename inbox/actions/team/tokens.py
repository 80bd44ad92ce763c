"""API tokens: made, used, revoked. Only a hash is ever stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from inbox.db import transaction
from inbox.extensions import db
from inbox.models import ApiToken, User
from inbox.realtime import sign_out

HINT_LENGTH = 8
NOTE_USE_EVERY = timedelta(minutes=1)


def create_token(*, name: str, by: User) -> tuple[ApiToken, str]:
    """A new token that acts for `by`, and its text, which is shown this once."""
    text = "inbox_" + secrets.token_urlsafe(32)
    with transaction() as session:
        token = ApiToken(
            organization_id=by.organization_id,
            user_id=by.id,
            name=name,
            token_hash=digest(text),
            hint=text[: len("inbox_") + HINT_LENGTH],
        )
        session.add(token)
    return token, text


def revoke_token(token: ApiToken) -> None:
    """Ends the token; a program that uses it gets 401 from now on. Sockets of its owner close, the
    program's too; browsers connect again."""
    with transaction():
        token.revoked_at = token.revoked_at or datetime.now(UTC)
        sign_out(token.user_id)


def user_of_token(text: str) -> User | None:
    """The active user this token acts for, or None."""
    token = db.session.scalar(ApiToken.active_with_hash(digest(text)))
    if token is None:
        return None
    now = datetime.now(UTC)
    if token.last_used_at is None or now - token.last_used_at > NOTE_USE_EVERY:
        with transaction():
            token.last_used_at = now
    return token.user


def digest(text: str) -> str:
    """A plain hash is enough: the token is 256 random bits, not a password."""
    return hashlib.sha256(text.encode()).hexdigest()
