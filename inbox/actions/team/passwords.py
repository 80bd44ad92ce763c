"""Passwords: checked, chosen, changed. Only a salted scrypt hash is ever stored."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import User
from inbox.realtime import sign_out

T = TypeVar("T")

# No password has this hash. Checking against it costs what a real check costs, so that the time
# of an answer does not tell whether an account exists.
NOBODYS_HASH = f"scrypt:32768:8:1${'x' * 16}${'0' * 128}"

# One hash takes 32 MB and 70 ms of a processor. Who would wait long for a turn is sent away:
# a flood of guesses must not fill the places of other requests (the fewest that a process with
# the usual number of connections has are four).
_two_at_once = threading.Semaphore(2)
_places = threading.Semaphore(3)


class TooManyAtOnceError(Exception):
    """More passwords are being checked in this process than it can do in good time."""


def user_with_password(email: str, password: str) -> User | None:
    """The active user who signs in with these, or None; the same time whichever it is."""
    row = db.session.execute(
        select(User.id, User.password_hash).where(
            User.has_email(email), User.is_active, User.password_hash.is_not(None)
        )
    ).first()
    db.session.rollback()  # gives the connection back: none is held while a hash is computed
    stored = row.password_hash if row else NOBODYS_HASH
    if not _beside_the_server(lambda: check_password_hash(stored, password)) or row is None:
        return None
    user = db.session.get(User, row.id)
    return user if user and user.is_active and user.password_hash == stored else None


def note_sign_in(user: User) -> None:
    with transaction():
        user.last_seen_at = datetime.now(UTC)


def change_password(user: User, *, current: str, new: str) -> None:
    """Every session and socket of this user ends; the door that asked may start a new one.

    Raises `Refusal` when `current` is not their password.
    """
    if user_with_password(user.email, current) is None:
        raise Refusal("This is not your password.", field="current")
    password_hash = hash_of(new)
    with transaction():
        set_password(user, password_hash)


def set_password(user: User, password_hash: str) -> None:
    """Inside a transaction: the new password, and the end of all that the old one opened."""
    user.password_hash = password_hash
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Inside a transaction: whoever is signed in as this user must sign in again."""
    user.session_epoch = User.session_epoch + 1
    sign_out(user.id)


def hash_of(password: str) -> str:
    return _beside_the_server(lambda: generate_password_hash(password))


def _beside_the_server(work: Callable[[], T]) -> T:
    """In the served web process all requests share one thread, which no hash may hold up: there
    it is computed in a real thread of its own. Raises `TooManyAtOnceError`."""
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is None or not patcher.is_monkey_patched("thread"):
        return work()
    from eventlet import tpool

    if not _places.acquire(blocking=False):
        raise TooManyAtOnceError
    try:
        with _two_at_once:
            result: T = tpool.execute(work)
            return result
    finally:
        _places.release()
