"""The address of this Inbox, as people and Meta know it."""

from __future__ import annotations

from flask import request

from inbox.config import settings


def origin() -> str:
    """`https://inbox.example`, without a slash at the end."""
    return settings().public_url or request.url_root.rstrip("/")
