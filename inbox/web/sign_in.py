"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user
from werkzeug.exceptions import TooManyRequests

from inbox.actions.team import passwords, setup
from inbox.realtime import sign_out
from inbox.web import throttle
from inbox.web.errors import Invalid, answer
from inbox.web.forms import MOST_EMAIL, submitted
from inbox.web.identity import start_session

blueprint = Blueprint("sign_in", __name__)

HOME = "/inbox"
WRONG = "No active account has this e-mail address and password."
TOO_MANY = "Too many tries. Wait a few minutes and try again."


@blueprint.get("/sign-in")
def show() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(local_path(request.args.get("next", "")))
    if not setup.is_set_up():
        return redirect(url_for("set_up.show"))
    return page()


@blueprint.post("/sign-in")
@throttle.wrong_guesses("10 per 5 minutes", of=throttle.account_and_address)
@throttle.wrong_guesses("100 per 5 minutes", of=throttle.address)
def create() -> ResponseReturnValue:
    try:
        with submitted() as form:
            email = form.text("email", most=MOST_EMAIL)
            password = form.secret("password")
            destination = form.text("next", most=2000, optional=True)
    except Invalid as error:
        return page(errors=error.fields), 422
    user = passwords.user_with_password(email, password)
    if user is None:
        return page(problem=WRONG), 401
    passwords.note_sign_in(user)
    start_session(user)
    return redirect(local_path(destination))


@blueprint.post("/sign-out")
def destroy() -> ResponseReturnValue:
    """Every socket of this person closes; those of their other browsers connect again. Files that
    this browser was allowed to keep are forgotten."""
    if current_user.is_authenticated:
        sign_out(current_user.id)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.show")), {"Clear-Site-Data": '"cache"'}


@blueprint.errorhandler(TooManyRequests)
def too_many(_: TooManyRequests) -> ResponseReturnValue:
    return page(problem=TOO_MANY), 429


@blueprint.app_errorhandler(passwords.TooManyAtOnceError)
def too_many_at_once(_: passwords.TooManyAtOnceError) -> ResponseReturnValue:
    return answer(429)


def page(problem: str | None = None, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "people/sign_in.html",
        email=request.form.get("email", ""),
        next=request.values.get("next", ""),
        problem=problem,
        errors=errors or {},
    )


def local_path(path: str) -> str:
    """`path` when it leads to a page of ours, else the inbox. (Browsers read a backslash as a
    slash and drop tabs and line ends, so that `/\\t/other.example` leads elsewhere.)"""
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and "\\" not in path and path.isprintable() else HOME
