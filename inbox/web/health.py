"""`GET /health`: can this deployment do its work?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from inbox.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """503 only when the database is gone: everything else heals by itself."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"database": "down"}, 503
    return {"database": "up"}
