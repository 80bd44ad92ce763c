"""Doors for people and for Meta: one blueprint per file."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Registers every blueprint, in the order of the route table in docs/architecture.md."""
    from inbox.web import errors, headers, health, identity, inbox_page
    from inbox.web.api import conversations

    headers.register(app)
    errors.register(app)
    identity.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(inbox_page.blueprint)
    app.register_blueprint(conversations.blueprint)
