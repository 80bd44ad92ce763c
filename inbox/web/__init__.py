"""Doors for people and for Meta: one blueprint per file."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Registers every blueprint, in the order of the route table in docs/architecture.md."""
    from inbox.web import (
        account,
        ai_settings,
        board,
        connecting,
        contacts_page,
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
        pipelines,
        set_up,
        sign_in,
        static_files,
        team,
        webhooks,
    )
    from inbox.web.api import (
        ai_help,
        ai_runs,
        changes,
        colleagues,
        contact_bulk,
        contact_merges,
        contact_notes,
        contact_stage,
        contact_tags,
        contacts,
        conversations,
        facebook_pages,
        fetch_jobs,
        notifications,
        pipeline_stages,
        replies,
        stage_moves,
        syncs,
        tokens,
    )
    from inbox.web.api import pipelines as api_pipelines

    headers.register(app)
    errors.register(app)
    identity.register(app)
    for module in (
        static_files,
        webhooks,
        health,
        set_up,
        sign_in,
        links,
        inbox_page,
        account,
        team,
        failures,
    ):
        app.register_blueprint(module.blueprint)
    for module in (conversations, replies, changes, colleagues, tokens, files):
        app.register_blueprint(module.blueprint)
    for module in (facebook_pages, syncs, fetch_jobs, integrations):
        app.register_blueprint(module.blueprint)
    for module in (connecting, facebook_login, meta_callbacks, notifications):
        app.register_blueprint(module.blueprint)
    for module in (contacts_page, contacts, contact_bulk, contact_tags, contact_notes):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(contact_merges.blueprint)
    for module in (ai_settings, ai_runs, ai_help):
        app.register_blueprint(module.blueprint)
    for module in (board, pipelines, api_pipelines, pipeline_stages, contact_stage, stage_moves):
        app.register_blueprint(module.blueprint)


def start_pulse(app: Flask) -> None:
    """Opens the Socket.IO door and starts the beat behind it; in served processes only."""
    from inbox.web import sockets

    sockets.start_pulse(app)
