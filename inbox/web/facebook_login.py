"""Settings → Integrations → Connect: to Facebook's login, and back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.actions.facebook_pages import connecting, facebook_logins
from inbox.actions.notifications import INTEGRATIONS
from inbox.actions.refusal import Refusal
from inbox.config import settings
from inbox.meta.access.oauth import dialog_address
from inbox.meta.errors import MetaError
from inbox.models import FacebookPage
from inbox.web import access
from inbox.web.connecting import FAILED, done, stopped
from inbox.web.identity import admin_required, signed_in_user
from inbox.web.login_cookie import keep, new_word, this_browser
from inbox.web.origin import origin

blueprint = Blueprint("facebook_login", __name__, url_prefix=INTEGRATIONS)

CANCELLED = "You cancelled the login at Facebook, so nothing has been connected."
NOT_SET_UP = (
    "This Inbox does not know its Meta app yet. Its operator sets FACEBOOK_APP_ID and "
    "FACEBOOK_APP_SECRET."
)


@blueprint.get("/connect")
@admin_required
def start() -> ResponseReturnValue:
    """To Facebook. `?again=1` asks also for what was declined before."""
    return _to_facebook(asks_again="again" in request.args)


@blueprint.get("/facebook/<page_id>/reconnect")
@admin_required
def reconnect(page_id: str) -> ResponseReturnValue:
    page = access.page(page_id, user=signed_in_user())
    return _to_facebook(page, asks_again=True)


@blueprint.get("/facebook/callback")
@admin_required
def callback() -> ResponseReturnValue:
    """Back from Facebook. Whoever comes without having been sent is refused."""
    user = signed_in_user()
    try:
        login = facebook_logins.take_return(
            request.args.get("state", ""), browser=this_browser(), by=user
        )
    except Refusal as refusal:
        return stopped(refusal.message), 400
    code = request.args.get("code", "")
    if not code:
        facebook_logins.end(login)
        return stopped(CANCELLED if "error" in request.args else FAILED)
    try:
        facebook_logins.keep_token(login, code=code, redirect_uri=_callback_address())
        if login.facebook_page_id is None:
            return redirect(url_for("connecting.choose", login_id=login.id))
        page = access.page(str(login.facebook_page_id), user=user)
        return done(connecting.reconnect(login, page, by=user))
    except MetaError:
        facebook_logins.end(login)
        return stopped(FAILED), 502
    except Refusal as refusal:
        return stopped(refusal.message), 409


def _to_facebook(
    page: FacebookPage | None = None, *, asks_again: bool = False
) -> ResponseReturnValue:
    config = settings()
    if not config.facebook_app_id or not config.facebook_app_secret:
        return stopped(NOT_SET_UP), 409
    word = new_word()
    state = facebook_logins.begin(browser=word, by=signed_in_user(), page=page)
    address = dialog_address(
        config, redirect_uri=_callback_address(), state=state, asks_again=asks_again
    )
    response = redirect(address)
    keep(response, word)
    return response


def _callback_address() -> str:
    """As it is entered in the Meta app; Meta compares it letter by letter."""
    return origin() + url_for("facebook_login.callback")
