"""Settings → Team: who is in, with which role, and the links that let people in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inbox.actions.refusal import Refusal
from inbox.actions.team import links, people
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
    return page(made=link_made_just_now())


@blueprint.post("")
@admin_required
def invite() -> ResponseReturnValue:
    """The page that follows shows the link; nothing shows it again."""
    try:
        with submitted() as form:
            name = form.text("name", most=MOST_NAME)
            email = form.email("email")
            role = form.choice("role", Role)
    except Invalid as error:
        return page(errors=error.fields), 422
    try:
        _, link, token = people.invite(name=name, email=email, role=role, by=signed_in_user())
    except Refusal as refusal:
        message = (
            "Already invited: make a new link in the list above."
            if is_invited(email)
            else refusal.message
        )
        return page(errors={refusal.field or "email": message}), 409
    return show_once(link, token)


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
    return show_once(link, token)


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


def is_invited(email: str) -> bool:
    """Has somebody of this organization been invited by this address, who has not come yet?"""
    user = db.session.scalar(User.with_email(email))
    if user is None or user.organization_id != signed_in_user().organization_id:
        return False
    return user.is_active and user.is_invited


def show_once(link: UserLink, token: str) -> ResponseReturnValue:
    """By way of the session: reloading the page makes no second link, and no address holds it."""
    session["new_link"] = {"id": link.id, "token": token}
    return redirect(url_for("team.show"), code=303)


def link_made_just_now() -> tuple[UserLink, str] | None:
    made = session.pop("new_link", None)
    if made is None:
        return None
    organization_id = signed_in_user().organization_id
    link = db.session.scalar(
        select(UserLink).where(
            UserLink.id == made["id"], UserLink.organization_id == organization_id
        )
    )
    return None if link is None else (link, str(made["token"]))


def page(errors: dict[str, str] | None = None, made: tuple[UserLink, str] | None = None) -> str:
    organization_id = signed_in_user().organization_id
    open_links = db.session.scalars(UserLink.open_in(organization_id))
    return render_template(
        "settings/team.html",
        people=db.session.scalars(User.in_organization(organization_id)).all(),
        invites={row.user_id: row.expires_at for row in open_links},
        person=made and made[0].user,
        link=made and made[0],
        address=made and address_of(made[1]),
        values=request.form,
        errors=errors or {},
    )
