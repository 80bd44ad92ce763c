"""The first organization and its first admin; and those an operator makes by command."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from inbox.actions.refusal import Refusal
from inbox.actions.team.passwords import hash_of
from inbox.actions.team.people import add_user
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Organization, Role, User

# Held while looking whether there is an organization and making it, so that two who do so at once
# make one. The number means nothing.
SETUP_LOCK = 4_611_686_018


def is_set_up() -> bool:
    """True as soon as there is anybody at all."""
    return bool(db.session.scalar(select(exists().where(User.id.is_not(None)))))


def set_up(*, organization: str, name: str, email: str, password: str) -> User:
    """The organization and its first admin. Raises `Refusal` when there is anybody already, or
    somebody else is just doing this."""
    password_hash = hash_of(password)
    with transaction() as session:
        # Not waited for: whoever holds it is the first.
        is_first = session.scalar(select(func.pg_try_advisory_xact_lock(SETUP_LOCK)))
        if not is_first or is_set_up():
            raise Refusal("Inbox is set up already. Sign in instead.")
        made = Organization(name=organization)
        session.add(made)
        session.flush()
        return add_user(
            made.id, name=name, email=email, role=Role.ADMIN, password_hash=password_hash
        )


def create_user(
    *, organization: str | None, name: str, email: str, password: str, role: Role
) -> User:
    """For the operator. Raises `Refusal` when the address is taken."""
    password_hash = hash_of(password)
    with transaction():
        home = organization_named(organization)
        return add_user(home.id, name=name, email=email, role=role, password_hash=password_hash)


def organization_named(name: str | None) -> Organization:
    """Inside a transaction: the organization of that name, made if there is none. Without a name:
    the oldest one."""
    db.session.execute(select(func.pg_advisory_xact_lock(SETUP_LOCK)))
    query = select(Organization).order_by(Organization.id).limit(1)
    found = db.session.scalar(query if name is None else query.where(Organization.name == name))
    if found is None:
        found = Organization(name=name or "Inbox")
        db.session.add(found)
        db.session.flush()
    return found
