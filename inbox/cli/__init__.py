"""`flask --app wsgi …` commands; each prints what it made as JSON on its last line."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Adds the commands to the app."""
