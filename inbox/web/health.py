"""`GET /health`: can this deployment do its work?"""

from __future__ import annotations

import redis
from flask import Blueprint
from flask.typing import ResponseReturnValue
from rq import Worker
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from inbox.config import settings
from inbox.extensions import db
from inbox.models import WebhookDelivery
from inbox.redis_client import connect
from inbox.shapes import timestamp

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """`{database, redis, workers, lastWebhookAt}`; 503 only when the database is gone: everything
    else heals by itself. `workers` is their number, null when Redis cannot tell."""
    try:
        newest = select(WebhookDelivery.received_at).order_by(WebhookDelivery.id.desc()).limit(1)
        last_webhook_at = timestamp(db.session.scalar(newest))
    except (SQLAlchemyError, PoolTimeout):
        return {"database": "down"}, 503
    workers = _workers()
    return {
        "database": "up",
        "redis": "down" if workers is None else "up",
        "workers": workers,
        "lastWebhookAt": last_webhook_at,
    }


def _workers() -> int | None:
    try:
        with connect(settings().redis_url) as client:
            return Worker.count(connection=client)
    except redis.RedisError:
        return None
