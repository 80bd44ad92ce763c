"""`rotate-keys`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from inbox.actions.facebook_pages import keys
from inbox.cli import tell


@click.command("rotate-keys")
@with_appcontext
def rotate_keys() -> None:
    """Encrypt every token anew with the first key of ENCRYPTION_KEYS."""
    rotation = keys.rotate_keys()
    if rotation.unreadable:
        click.echo("No key opens the tokens of some Pages; reconnect these.", err=True)
    tell({"rotated": rotation.rotated, "unreadable": [str(key) for key in rotation.unreadable]})
