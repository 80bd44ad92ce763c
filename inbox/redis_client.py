"""The one factory of Redis connections, for the queue, the event bus and the buckets alike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

IMPATIENT_SECONDS = 0.5


def connect(url: str, *, patient: bool = False) -> redis.Redis:
    """A client for `url`, not yet connected.

    Impatient ones (the web path) give up after 0.5 s and never retry: with redis-py's defaults a
    request waits up to 10 s when Redis is away. Patient ones (workers) may block on a queue.
    """
    return redis.Redis.from_url(url, **options(url, patient=patient))


def options(url: str, *, patient: bool = False) -> dict[str, Any]:
    """The keyword arguments behind `connect`, for libraries that open their own connections."""
    chosen: dict[str, Any] = {"socket_connect_timeout": 2.0 if patient else IMPATIENT_SECONDS}
    if patient:
        chosen["health_check_interval"] = 30
    else:
        chosen["socket_timeout"] = IMPATIENT_SECONDS
        chosen["retry"] = Retry(NoBackoff(), 0)
    if urlsplit(url).scheme == "rediss":
        chosen["ssl_cert_reqs"] = None  # Heroku's Redis shows a self-signed certificate
    return chosen
