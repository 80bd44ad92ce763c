"""Handing work to the workers: by dotted name, after the commit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

import redis
from flask import current_app
from rq import Queue
from rq.serializers import JSONSerializer

from inbox.config import settings
from inbox.db import on_commit
from inbox.redis_client import connect

log = logging.getLogger(__name__)

QueueName = Literal["outgoing", "default", "sync", "ai", "campaigns"]
RUN_FOREVER = -1  # leases in the database, not RQ, judge what is stuck


def enqueue(
    queue: QueueName,
    job: str,
    *arguments: int | str,
    is_first: bool = False,
    most_waiting: int | None = None,
) -> None:
    """Once the surrounding transaction has committed, asks a worker to call `job`; `is_first`
    before all others; not at all where `most_waiting` jobs wait in the queue already.

    The job says only "look at row X": when Redis is away it is dropped, and the sweep that looks
    for such rows in the database asks again.
    """
    # Bound now: the callback must not look for the app after the request is gone.
    target = _queue(queue)
    hand_over = current_app.extensions.get("inbox_spawn", _at_once)
    on_commit(lambda: hand_over(_put, target, job, arguments, is_first, most_waiting))


def _queue(name: QueueName) -> Queue:
    queues: dict[str, Queue] = current_app.extensions.setdefault("inbox_queues", {})
    if name not in queues:
        queues[name] = Queue(
            name, connection=connect(settings().redis_url), serializer=JSONSerializer
        )
    return queues[name]


def _at_once(call: Callable[..., object], *arguments: object) -> None:
    """Where nobody waits for an answer. Web processes put `inbox_spawn` in its place: Redis being
    away must not delay them."""
    call(*arguments)


def _put(
    queue: Queue,
    job: str,
    arguments: tuple[int | str, ...],
    is_first: bool,
    most_waiting: int | None,
) -> None:
    try:
        if most_waiting is not None and queue.count >= most_waiting:
            return
        queue.enqueue_call(
            job,
            args=arguments,
            timeout=RUN_FOREVER,
            result_ttl=0,
            failure_ttl=24 * 3600,
            at_front=is_first,
        )
    except redis.RedisError as error:
        log.warning("Redis is away, %s%r waits for its sweep: %s", job, arguments, error)
