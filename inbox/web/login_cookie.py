"""The word by which a browser is known from leaving for Facebook until Pages are chosen.

In a cookie of its own: a slow answer to another request of the same page brings the session cookie
back as it was before, and would take the word away again.
"""

from __future__ import annotations

import secrets

from flask import current_app, request
from werkzeug.wrappers import Response

from inbox.actions.notifications import INTEGRATIONS

NAME = "inbox_facebook_login"


def this_browser() -> str:
    """The word that it brought; "" when it has not been sent to Facebook."""
    return request.cookies.get(NAME, "")


def new_word() -> str:
    """The one it has already, so that two tabs do not end each other's login."""
    return this_browser() or secrets.token_urlsafe(24)


def keep(response: Response, word: str) -> None:
    response.set_cookie(
        NAME,
        word,
        path=INTEGRATIONS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
