"""`/welcome`: where an invite or a reset link leads.

The token stands behind the `#` of the link, which browsers keep to themselves: it reaches neither
a log nor another site. A script of the page moves it into the form.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from inbox.actions.refusal import Refusal
from inbox.actions.team import links, passwords
from inbox.web import throttle
from inbox.web.errors import Invalid
from inbox.web.forms import submitted
from inbox.web.identity import start_session
from inbox.web.origin import origin

blueprint = Blueprint("links", __name__)


def address_of(token: str) -> str:
    """The whole link, to be given to its person."""
    return f"{origin()}{url_for('links.show')}#{token}"


@blueprint.get("/welcome")
def show() -> ResponseReturnValue:
    return render_template("people/open_link.html")


@blueprint.post("/welcome")
@throttle.wrong_guesses("30 per 5 minutes", of=throttle.address)
def open_link() -> ResponseReturnValue:
    """Who the link is for, and the form with which they choose a password."""
    with submitted() as form:
        token = form.secret("token")
    return page(token)


@blueprint.post("/welcome/password")
@throttle.wrong_guesses("30 per 5 minutes", of=throttle.address)
def choose() -> ResponseReturnValue:
    try:
        with submitted() as form:
            token = form.secret("token")
            password = form.new_password("password", repeated="password_again")
    except Invalid as error:
        return page(request.form.get("token", ""), error.fields)
    try:
        user = links.use_link(token, password=password)
    except Refusal:
        return ended()
    passwords.note_sign_in(user)
    start_session(user)
    return redirect("/inbox")


@blueprint.errorhandler(TooManyRequests)
@blueprint.errorhandler(Invalid)
def ended(_: Exception | None = None) -> ResponseReturnValue:
    return render_template("people/link_ended.html"), 410


def page(token: str, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    person = links.person_of_link(token)
    if person is None:
        return ended()
    html = render_template(
        "people/choose_password.html", person=person, token=token, errors=errors or {}
    )
    return html, 422 if errors else 200
