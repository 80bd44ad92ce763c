"""The first run: an organization and its first admin, while there is nobody at all."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from inbox.actions.refusal import Refusal
from inbox.actions.team import passwords, setup
from inbox.config import settings
from inbox.web import throttle
from inbox.web.errors import Invalid
from inbox.web.forms import MOST_NAME, submitted
from inbox.web.identity import start_session

blueprint = Blueprint("set_up", __name__)

WRONG_TOKEN = "This is not the SETUP_TOKEN of this deployment."  # noqa: S105 - a message
TOO_MANY = "Too many tries. Wait a few minutes and try again."


@blueprint.get("/setup")
def show() -> ResponseReturnValue:
    if setup.is_set_up():
        return redirect(url_for("sign_in.show"))
    return page()


@blueprint.post("/setup")
@throttle.wrong_guesses("10 per 5 minutes", of=throttle.address)
def create() -> ResponseReturnValue:
    if setup.is_set_up():
        abort(409)
    try:
        with submitted() as form:
            token = form.secret("setup_token", optional=True)
            organization = form.text("organization", most=MOST_NAME)
            name = form.text("name", most=MOST_NAME)
            email = form.email("email")
            password = form.new_password("password", repeated="password_again")
    except Invalid as error:
        return page(errors=error.fields), 422
    if not _may_set_up(token):
        return page(errors={"setup_token": WRONG_TOKEN}), 401
    try:
        user = setup.set_up(organization=organization, name=name, email=email, password=password)
    except Refusal:  # somebody else was faster
        abort(409)
    passwords.note_sign_in(user)
    start_session(user)
    return redirect("/inbox")


@blueprint.errorhandler(TooManyRequests)
def too_many(_: TooManyRequests) -> ResponseReturnValue:
    return page(problem=TOO_MANY), 429


def page(problem: str | None = None, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "people/set_up.html",
        needs_token=settings().setup_token is not None,
        values=request.form,
        problem=problem,
        errors=errors or {},
    )


def _may_set_up(token: str) -> bool:
    wanted = settings().setup_token
    return wanted is None or hmac.compare_digest(token.encode(), wanted.encode())
