"""The team: people come, change role, leave and come back."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql

from inbox.actions.refusal import Refusal
from inbox.actions.team.links import end_links, make_link
from inbox.actions.team.passwords import end_sessions
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import (
    ApiToken,
    Conversation,
    ConversationAssignment,
    Organization,
    Role,
    User,
    UserLink,
)
from inbox.models.user import normal_email
from inbox.realtime import announce, sign_out


def invite(*, name: str, email: str, role: Role, by: User) -> tuple[User, UserLink, str]:
    """A new person of `by`'s organization, their link and its token.

    Raises `Refusal` when the address already belongs to somebody, in whatever organization.
    """
    with transaction():
        user = add_user(by.organization_id, name=name, email=email, role=role)
        link, token = make_link(user, by=by)
    return user, link, token


def add_user(
    organization_id: int, *, name: str, email: str, role: Role, password_hash: str | None = None
) -> User:
    """Inside a transaction. Raises `Refusal` when the address is taken."""
    user_id = db.session.scalar(
        postgresql.insert(User)
        .values(
            organization_id=organization_id,
            name=name,
            email=normal_email(email),
            role=role,
            password_hash=password_hash,
        )
        .on_conflict_do_nothing()
        .returning(User.id)
    )
    if user_id is None:
        raise Refusal("This address already belongs to an account.", field="email")
    return db.session.get_one(User, user_id)


def rename(user: User, name: str) -> None:
    with transaction():
        user.name = name


def change_role(user: User, role: Role) -> None:
    """Their sockets connect again, into the rooms of the new role.

    Raises `Refusal` for the last admin.
    """
    with transaction() as session:
        _lock_team(user.organization_id)
        session.refresh(user)
        if user.role == role:
            return
        _check_another_admin(user)
        user.role = role
        sign_out(user.id)


def deactivate(user: User, *, by: User) -> None:
    """Sessions, sockets, tokens and links of this person end now, and what they held is nobody's.

    Raises `Refusal` for the last admin.
    """
    retry_on_conflict(lambda: _deactivate(user, by))


def _deactivate(user: User, by: User) -> None:
    with transaction() as session:
        _lock_team(user.organization_id)
        session.refresh(user, with_for_update={"key_share": True})
        if not user.is_active:
            return
        _check_another_admin(user)
        user.is_active = False
        end_sessions(user)
        end_links(user)
        session.execute(
            update(ApiToken)
            .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=func.now())
        )
        _let_go_of_all(user, by)


def reactivate(user: User) -> None:
    """They may sign in again; what ended with the deactivation stays ended."""
    with transaction():
        user.is_active = True


def _let_go_of_all(user: User, by: User) -> None:
    held = db.session.scalars(
        update(Conversation)
        .where(Conversation.assignee_id == user.id)
        .values(assignee_id=None)
        .returning(Conversation.id)
    ).all()
    if not held:
        return
    history = {
        "organization_id": user.organization_id,
        "previous_assignee_id": user.id,
        "by_id": by.id,
    }
    db.session.execute(
        insert(ConversationAssignment), [history | {"conversation_id": id_} for id_ in held]
    )
    announce(conversations=held)


def _lock_team(organization_id: int) -> None:
    """Two admins who demote each other at once must not both succeed. (NO KEY UPDATE: messages
    that refer to the organization are not held up.)"""
    db.session.execute(
        select(Organization.id)
        .where(Organization.id == organization_id)
        .with_for_update(key_share=True)
    )


def _check_another_admin(user: User) -> None:
    """Somebody must be left who can sign in and let people in."""
    if not (user.is_admin and user.is_active):
        return
    another = select(User.id).where(
        User.organization_id == user.organization_id,
        User.id != user.id,
        User.role == Role.ADMIN,
        User.is_active,
        User.password_hash.is_not(None),
    )
    if db.session.scalar(another.limit(1)) is None:
        raise Refusal(f"{user.name} is the only admin. Make somebody else an admin first.")
