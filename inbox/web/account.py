"""Settings → Account: a person's own name, password and API tokens."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.exceptions import TooManyRequests

from inbox.actions.refusal import Refusal
from inbox.actions.team import passwords, people, tokens
from inbox.extensions import db
from inbox.models import ApiToken
from inbox.web import access, throttle
from inbox.web.errors import Invalid
from inbox.web.forms import MOST_NAME, submitted
from inbox.web.identity import signed_in_user, start_session

blueprint = Blueprint("account", __name__, url_prefix="/settings/account")


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    return page()


@blueprint.post("/name")
@login_required
def rename() -> ResponseReturnValue:
    try:
        with submitted() as form:
            name = form.text("name", most=MOST_NAME)
    except Invalid as error:
        return page(error.fields), 422
    people.rename(signed_in_user(), name)
    return done("Your name has been changed.")


@blueprint.post("/password")
@login_required
@throttle.wrong_guesses("10 per 5 minutes", of=throttle.signed_in_account)
def change_password() -> ResponseReturnValue:
    """Ends every other session of this person; this browser gets a new one."""
    user = signed_in_user()
    try:
        with submitted() as form:
            current = form.secret("current")
            new = form.new_password("password", repeated="password_again")
    except Invalid as error:
        return page(error.fields), 422
    try:
        passwords.change_password(user, current=current, new=new)
    except Refusal as refusal:
        return page({"current": refusal.message}), 401
    start_session(user)
    return done("Your password has been changed. You have been signed out everywhere else.")


@blueprint.post("/tokens")
@login_required
def create_token() -> ResponseReturnValue:
    """The answer shows the token; nothing shows it again."""
    try:
        with submitted() as form:
            name = form.text("token_name", most=MOST_NAME)
    except Invalid as error:
        return page(error.fields), 422
    _, text = tokens.create_token(name=name, by=signed_in_user())
    return page(new_token=text), 201


@blueprint.post("/tokens/<token_id>/revoke")
@login_required
def revoke_token(token_id: str) -> ResponseReturnValue:
    token = access.token(token_id, user=signed_in_user())
    tokens.revoke_token(token)
    return done(f"The token “{token.name}” no longer works.")


@blueprint.errorhandler(TooManyRequests)
def too_many(_: TooManyRequests) -> ResponseReturnValue:
    return page({"current": "Too many tries. Wait a few minutes and try again."}), 429


def done(message: str) -> ResponseReturnValue:
    flash(message)
    return redirect(url_for("account.show"), code=303)


def page(errors: dict[str, str] | None = None, new_token: str | None = None) -> str:
    user = signed_in_user()
    return render_template(
        "settings/account.html",
        name=request.form.get("name", user.name),
        token_name="" if new_token else request.form.get("token_name", ""),
        tokens=db.session.scalars(ApiToken.active_of(user)).all(),
        new_token=new_token,
        errors=errors or {},
    )
