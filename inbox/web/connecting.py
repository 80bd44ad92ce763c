"""Settings → Integrations: the Pages of a login are chosen and connected; one is disconnected."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from inbox.actions.facebook_pages import connecting, facebook_logins, page_choices
from inbox.actions.facebook_pages.connecting import Connected
from inbox.actions.notifications import INTEGRATIONS
from inbox.actions.refusal import Refusal
from inbox.meta.access.scopes import NEEDED, WITHOUT
from inbox.meta.errors import MetaError
from inbox.models import FacebookLogin
from inbox.web import access
from inbox.web.forms import submitted
from inbox.web.identity import admin_required, signed_in_user
from inbox.web.login_cookie import this_browser

blueprint = Blueprint("connecting", __name__, url_prefix=INTEGRATIONS)

FAILED = "Facebook did not complete the login. Wait a moment and start again."
NOT_TOLD = (
    "Meta could not be told, so it may go on delivering: remove the app from the Page in "
    "Facebook's settings (Business integrations)."
)


@blueprint.get("/facebook/choose/<login_id>")
@admin_required
def choose(login_id: str) -> ResponseReturnValue:
    login = access.facebook_login(login_id, user=signed_in_user())
    return _choices(login) if _is_open(login) else _ended()


@blueprint.post("/facebook/choose/<login_id>")
@admin_required
def connect(login_id: str) -> ResponseReturnValue:
    user = signed_in_user()
    login = access.facebook_login(login_id, user=user)
    if not _is_open(login):
        return _ended()
    with submitted() as form:
        page_ids, with_sync = form.several("pages"), form.ticked("sync")
    if not page_ids:
        return _choices(login, problem="Choose at least one Page.")
    try:
        connected = connecting.connect_chosen(login, page_ids, with_sync=with_sync, by=user)
    except MetaError:
        return stopped(FAILED), 502
    except Refusal:
        return _ended()
    return done(connected)


@blueprint.post("/facebook/<page_id>/disconnect")
@admin_required
def disconnect(page_id: str) -> ResponseReturnValue:
    page = access.page(page_id, user=signed_in_user())
    was_told = connecting.disconnect(page)
    flash(f"{page.name} has been disconnected. Its conversations stay.")
    if not was_told:
        flash(NOT_TOLD, "error")
    return redirect(INTEGRATIONS, code=303)


def _is_open(login: FacebookLogin) -> bool:
    return facebook_logins.is_open(login, browser=this_browser(), by=signed_in_user())


def _choices(login: FacebookLogin, problem: str | None = None) -> ResponseReturnValue:
    try:
        choices = page_choices.choices_of(login)
    except MetaError:
        return stopped(FAILED), 502
    page = render_template(
        "connecting/choose.html",
        login=login,
        choices=choices,
        can_connect=any(choice.problem is None for choice in choices),
        declined={scope: WITHOUT[scope] for scope in login.declined_scopes},
        is_hopeless=bool(NEEDED.intersection(login.declined_scopes)),
        problem=problem,
    )
    return page, 422 if problem else 200


def done(connected: Connected) -> ResponseReturnValue:
    names = ", ".join(page.name for page in connected.pages)
    if names:
        flash(f"Connected: {names}.")
    if connected.unsubscribed:
        flash(
            "Meta could not be asked to deliver new messages yet. Inbox asks again by itself.",
            "error",
        )
    for reason in connected.refused:
        flash(reason, "error")
    return redirect(INTEGRATIONS, code=303)


def _ended() -> ResponseReturnValue:
    flash(facebook_logins.ENDED, "error")
    return redirect(INTEGRATIONS, code=303)


def stopped(reason: str) -> str:
    return render_template("connecting/stopped.html", reason=reason)
