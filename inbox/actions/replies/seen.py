"""Showing the customer that the team has read what they wrote."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import redis

from inbox.actions.facebook_pages.page_access import access_to, note_refused_token, person_id
from inbox.config import settings
from inbox.db import transaction
from inbox.meta import messages
from inbox.meta.client import graph
from inbox.meta.errors import MetaError
from inbox.meta.window import reply_window
from inbox.models.loading import conversations_by_id
from inbox.redis_client import connect

log = logging.getLogger(__name__)

PAUSE_SECONDS = 3


def mark_seen(conversation_id: int) -> None:
    """Tells Meta, at most once in 3 s per conversation. A courtesy: what fails is left."""
    with transaction():
        threads = conversations_by_id([conversation_id])
        access = access_to(threads[0].facebook_page) if threads else None
    if access is None:
        return
    thread = threads[0]
    # Outside the window Meta refuses sender actions like messages.
    if not reply_window(thread.last_incoming_at, datetime.now(UTC)).open:
        return
    if not _is_due(conversation_id):
        return
    try:
        messages.mark_seen(graph(), access, person_id(thread.contact, thread.platform))
    except MetaError as error:
        log.info("Conversation %s was not marked seen: %s", conversation_id, error)
        note_refused_token(thread.facebook_page, error)


def _is_due(conversation_id: int) -> bool:
    with connect(settings().redis_url) as client:
        try:
            return bool(client.set(f"inbox-seen:{conversation_id}", 1, nx=True, ex=PAUSE_SECONDS))
        except redis.RedisError:
            return True
