"""Settings → Team: who is in, with which role, and the links that let people in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inbox.actions import links, people
from inbox.actions.refusal import Refusal
from inbox.extensions import db
from inbox.models import Role, User, UserLink
from inbox.web import access
from inbox.web.errors import Invalid
from inbox.web.forms import MOST_NAME, submitted
from inbox.web.identity import admin_required, signed_in_user
from inbox.web.links import address_of

blueprint = Blueprint("team", __name__, url_prefix="/settings/team")


@blueprint.get("")
@admin_required
def show() -> ResponseReturnValue:
    return page()


@blueprint.post("")
@admin_required
def invite() -> ResponseReturnValue:
    """The answer shows the link; nothing shows it again."""
    try:
        with submitted() as form:
            name = form.text("name", most=MOST_NAME)
            email = form.email("email")
            role = form.choice("role", Role)
    except Invalid as error:
        return page(errors=error.fields), 422
    try:
        invited = people.invite(name=name, email=email, role=role, by=signed_in_user())
    except Refusal as refusal:
        return page(errors={refusal.field or "email": refusal.message}), 409
    return page(link=invited), 201


@blueprint.post("/<user_id>/link")
@admin_required
def make_link(user_id: str) -> ResponseReturnValue:
    """A new invite link, or a reset link for who has lost their password."""
    colleague = access.colleague(user_id, user=signed_in_user())
    try:
        link, token = links.make_link(colleague, by=signed_in_user())
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect(url_for("team.show"), code=303)
    return page(link=(colleague, link, token)), 201


@blueprint.post("/<user_id>/role")
@admin_required
def change_role(user_id: str) -> ResponseReturnValue:
    colleague = access.colleague(user_id, user=signed_in_user())
    with submitted() as form:
        role = form.choice("role", Role)
    with told(f"{colleague.name} is {'an admin' if role == Role.ADMIN else 'an agent'} now."):
        people.change_role(colleague, role)
    return back()


@blueprint.post("/<user_id>/deactivate")
@admin_required
def deactivate(user_id: str) -> ResponseReturnValue:
    colleague = access.colleague(user_id, user=signed_in_user())
    with told(f"{colleague.name} has been signed out everywhere and cannot sign in."):
        people.deactivate(colleague, by=signed_in_user())
    return back()


@blueprint.post("/<user_id>/reactivate")
@admin_required
def reactivate(user_id: str) -> ResponseReturnValue:
    colleague = access.colleague(user_id, user=signed_in_user())
    with told(f"{colleague.name} can sign in again."):
        people.reactivate(colleague)
    return back()


@contextmanager
def told(success: str) -> Iterator[None]:
    """The next page says that it is done, or why it was refused."""
    try:
        yield
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(success)


def back() -> ResponseReturnValue:
    """To the team; whoever has just lost the right to see it goes to their account."""
    may_see_team = signed_in_user().is_admin
    return redirect(url_for("team.show" if may_see_team else "account.show"), code=303)


def page(
    errors: dict[str, str] | None = None, link: tuple[User, UserLink, str] | None = None
) -> str:
    organization_id = signed_in_user().organization_id
    open_links = db.session.scalars(UserLink.open_in(organization_id))
    return render_template(
        "settings/team.html",
        people=db.session.scalars(User.in_organization(organization_id)).all(),
        invites={row.user_id: row.expires_at for row in open_links},
        person=link and link[0],
        link=link and link[1],
        address=link and address_of(link[2]),
        values={} if link else request.form,
        errors=errors or {},
    )
