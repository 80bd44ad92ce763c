"""The keys and the model of this deployment, as the current app's settings have them."""

from __future__ import annotations

from typing import cast

from flask import current_app

from inbox.ai.gemini import Gemini
from inbox.ai.keys import KeyPool
from inbox.config import settings
from inbox.redis_client import connect


def key_pool() -> KeyPool:
    extensions, config = current_app.extensions, settings()
    if "inbox_ai_keys" not in extensions:
        extensions["inbox_ai_keys"] = KeyPool(
            connect(config.redis_url),
            config.google_ai_keys,
            config.google_ai_requests_per_minute,
            share=config.ai_processes,
        )
    return cast("KeyPool", extensions["inbox_ai_keys"])


def gemini() -> Gemini:
    extensions = current_app.extensions
    if "inbox_gemini" not in extensions:
        extensions["inbox_gemini"] = Gemini(settings().google_ai_endpoint)
    return cast("Gemini", extensions["inbox_gemini"])
