"""`connect-page`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import func

from inbox.actions.facebook_pages import pages
from inbox.actions.team import setup
from inbox.cli import refusals_told, tell
from inbox.db import transaction


@click.command("connect-page")
@click.option("--page-id", required=True, help="Meta's id of the Page.")
@click.option("--name", required=True)
@click.option("--token", required=True, help="A Page access token; it is stored encrypted.")
@click.option("--instagram-account-id", help="Meta's id of the Instagram account, if any.")
@click.option("--organization", help="Made if there is none of that name. Default: the first.")
@with_appcontext
def connect_page(
    page_id: str,
    name: str,
    token: str,
    instagram_account_id: str | None,
    organization: str | None,
) -> None:
    """Connect a Facebook Page, or renew the token of one. Within a minute `clock` and `worker` ask
    Meta to deliver its messages."""
    with refusals_told(), transaction():
        page = pages.connect_page(
            setup.organization_named(organization),
            page_id=page_id,
            name=name,
            token=token,
            instagram_account_id=instagram_account_id,
        )
        # Not asked here: Meta may be slow or away, and the clock tries again.
        page.subscription_check_due_at = page.token_check_due_at = func.now()
    click.echo("Within a minute the clock asks Meta to deliver this Page's messages.")
    tell(
        {
            "id": str(page.id),
            "pageId": page.page_id,
            "name": page.name,
            "instagramAccountId": page.instagram_account_id,
            "organizationId": str(page.organization_id),
        }
    )
