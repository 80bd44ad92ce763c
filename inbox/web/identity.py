"""Who is asking: a browser session or an API token, and nobody once they are deactivated."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Request, abort, current_app, request, session
from flask_login import current_user, login_required, login_user

from inbox.actions.team.tokens import user_of_token
from inbox.extensions import csrf, db, login
from inbox.models import User

P = ParamSpec("P")
R = TypeVar("R")


def register(app: Flask) -> None:
    app.before_request(_check_csrf)


def signed_in_user() -> User:
    """The person behind this request. Call it only behind `login_required`."""
    return cast("User", current_user._get_current_object())


def admin_required(view: Callable[P, R]) -> Callable[P, R]:
    """401 for nobody, 403 for an agent."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not signed_in_user().is_admin:
            abort(403)
        return view(*args, **kwargs)

    return cast("Callable[P, R]", login_required(guarded))


def start_session(user: User) -> None:
    """Signs the browser in; the session ends when `user.session_epoch` moves on."""
    session.clear()  # a session that was planted before sign-in must not live on
    session.permanent = True
    session["epoch"] = user.session_epoch
    login_user(user)


def unsigned(view: Callable[P, R]) -> Callable[P, R]:
    """A door for machines without a session, which prove themselves otherwise (Meta's signature):
    no CSRF check."""
    view.is_unsigned = True  # type: ignore[attr-defined]
    return view


@login.user_loader
def _user_of_session(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id))
    if user is None or not user.is_active or session.get("epoch") != user.session_epoch:
        return None
    return user


@login.request_loader
def _user_of_request(incoming: Request) -> User | None:
    token = bearer_token(incoming)
    return user_of_token(token) if token else None


def bearer_token(incoming: Request) -> str | None:
    scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


def _check_csrf() -> None:
    """Each unsafe request of a browser carries a CSRF token. One with an `Authorization` header
    need not: no other site can make a browser add that header."""
    view = current_app.view_functions.get(request.endpoint or "")
    if bearer_token(request) is None and not getattr(view, "is_unsigned", False):
        csrf.protect()
