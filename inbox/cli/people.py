"""`create-user` and `create-token`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from inbox.actions.team import setup, tokens
from inbox.cli import refusals_told, tell
from inbox.extensions import db
from inbox.models import Role, User


@click.command("create-user")
@click.option("--email", required=True)
@click.option("--password", required=True)
@click.option("--role", required=True, type=click.Choice(list(Role), case_sensitive=False))
@click.option("--name", help="Default: the part of the address before the @.")
@click.option("--organization", help="Made if there is none of that name. Default: the first.")
@with_appcontext
def create_user(
    email: str, password: str, role: Role, name: str | None, organization: str | None
) -> None:
    """Make a person who can sign in."""
    if "@" not in email.strip("@ ") or not password:
        raise click.UsageError("An e-mail address and a password are needed.")
    with refusals_told():
        user = setup.create_user(
            organization=organization,
            name=name or email.partition("@")[0],
            email=email,
            password=password,
            role=Role(role),
        )
    tell(
        {
            "id": str(user.id),
            "email": user.email,
            "name": user.name,
            "role": user.role,
            "organizationId": str(user.organization_id),
            "organization": user.organization.name,
        }
    )


@click.command("create-token")
@click.option("--email", required=True)
@click.option("--name", default="Command line", show_default=True)
@with_appcontext
def create_token(email: str, name: str) -> None:
    """Make an API token that acts for this person. It is shown this once."""
    user = db.session.scalar(User.with_email(email))
    if user is None or not user.is_active:
        raise click.ClickException(f"There is no active person with the address {email}.")
    token, text = tokens.create_token(name=name, by=user)
    tell({"token": text, "id": str(token.id), "email": user.email})
