"""`flask --app wsgi …` commands; each prints what it made as JSON on its last line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from inbox.actions.refusal import Refusal


def register(app: Flask) -> None:
    """Adds the commands to the app."""
    from inbox.cli import keys, pages, people

    app.cli.add_command(people.create_user)
    app.cli.add_command(people.create_token)
    app.cli.add_command(pages.connect_page)
    app.cli.add_command(keys.rotate_keys)


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal is one line on standard error and exit code 1."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal


def tell(made: dict[str, object]) -> None:
    click.echo(json.dumps(made))
