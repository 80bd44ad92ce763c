"""Doors for people and for Meta: one blueprint per file."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Registers every blueprint, in the order of the route table in docs/architecture.md."""
    from inbox.web import (
        account,
        connecting,
        errors,
        facebook_login,
        failures,
        files,
        headers,
        health,
        identity,
        inbox_page,
        integrations,
        links,
        meta_callbacks,
        set_up,
        sign_in,
        team,
        webhooks,
    )
    from inbox.web.api import (
        changes,
        colleagues,
        conversations,
        facebook_pages,
        fetch_jobs,
        notifications,
        replies,
        syncs,
        tokens,
    )

    headers.register(app)
    errors.register(app)
    identity.register(app)
    for module in (webhooks, health, set_up, sign_in, links, inbox_page, account, team, failures):
        app.register_blueprint(module.blueprint)
    for module in (conversations, replies, changes, colleagues, tokens, files):
        app.register_blueprint(module.blueprint)
    for module in (facebook_pages, syncs, fetch_jobs, integrations):
        app.register_blueprint(module.blueprint)
    for module in (connecting, facebook_login, meta_callbacks, notifications):
        app.register_blueprint(module.blueprint)


def start_pulse(app: Flask) -> None:
    """Opens the Socket.IO door and starts the beat behind it; in served processes only."""
    from inbox.web import sockets

    sockets.start_pulse(app)
