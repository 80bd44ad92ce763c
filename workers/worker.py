"""The RQ worker as Inbox uses it: it runs only our jobs, in its own process, in the app."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from flask import Flask
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from inbox.config import settings
from inbox.redis_client import connect

log = logging.getLogger(__name__)

OUR_JOBS = re.compile(r"workers\.[a-z_]+\.[a-z][a-z_]*")
BEAT_SECONDS = 10
REDIS_PAUSE_SECONDS = 1.0


class ForeignJobError(Exception):
    """Somebody wrote a job into Redis that is none of ours."""


class OurJob(Job):
    """A job from Redis, of which only the name of one of our functions and its arguments count.

    RQ would import and call whatever name it finds there, also as a callback, and post to any
    address as a webhook: who can write to Redis could run anything.
    """

    @property
    def func(self) -> Callable[..., Any]:
        name = self.func_name or ""
        if self.instance or not OUR_JOBS.fullmatch(name):
            raise ForeignJobError(f"refused to call {name!r}")
        found: Callable[..., Any] = super().func
        return found

    success_callback = property(lambda _: None)
    failure_callback = property(lambda _: None)
    stopped_callback = property(lambda _: None)

    def send_webhooks(self, *_: object, **__: object) -> None:
        return


class Worker(SimpleWorker):
    """Runs each job in its own process: the fork that RQ makes by default costs a new database
    connection per job, and a platform's SIGTERM to all processes would kill the job in it.

    A thread says every 10 s that the worker lives, also during a job of an hour.
    """

    job_class = OurJob
    max_connection_wait_time = 2.0  # seconds between attempts while Redis is away; RQ's own: 60

    def __init__(self, app: Flask, queues: Sequence[str], connection: redis.Redis) -> None:
        self.app = app
        super().__init__(
            list(queues),
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=30,
            log_job_description=False,
        )

    def bootstrap(self, *arguments: Any, **options: Any) -> None:
        super().bootstrap(*arguments, **options)
        threading.Thread(target=self._beat, daemon=True).start()

    def perform_job(self, job: Job, queue: Queue) -> bool:
        with self.app.app_context():
            return super().perform_job(job, queue)

    def get_heartbeat_ttl(self, job: Job) -> int:  # noqa: ARG002 - RQ's signature
        """RQ's own clean-up shall leave running jobs alone: leases judge what is stuck."""
        return 24 * 3600

    def set_shutdown_requested_date(self) -> None:
        """RQ writes this to Redis from its signal handler; without Redis the job would fail."""

    def subscribe(self) -> None:
        """RQ would take commands from Redis here, on one more connection; we send none."""

    def unsubscribe(self) -> None:
        """See `subscribe`."""

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            try:
                if not self.connection.hexists(self.key, "birth"):  # Redis has forgotten us
                    self.connection.delete(self.key)
                    self.register_birth()  # type: ignore[no-untyped-call]  # as RQ has it
                self.heartbeat()
            except redis.RedisError as error:
                log.debug("Redis is away: %s", error)


def run_worker(app: Flask, queues: Sequence[str]) -> None:
    """Work on these queues, the first one first, until SIGTERM or SIGINT.

    Redis may come late. An idle worker also waits for it to come back; one that loses it amid a
    job returns, and is replaced by its parent.
    """
    with app.app_context():
        url = settings().redis_url
    while not _answers(url):
        time.sleep(REDIS_PAUSE_SECONDS)
    try:
        Worker(app, queues, connect(url, patient=True)).work(logging_level="WARNING")
    except redis.RedisError as error:
        log.warning("Redis went away amid a job: %s", error)


def _answers(url: str) -> bool:
    # On a connection of its own: RQ sets the time limit of those that are made after it began.
    try:
        with connect(url) as probe:
            return bool(probe.ping())
    except redis.RedisError as error:
        log.warning("Redis is away, waiting: %s", error)
        return False
