"""The jobs that wait in the real queues."""

from __future__ import annotations

from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer


def waiting_jobs(app: Flask, queue_name: str = "default") -> list[dict[str, Any]]:
    """Takes them out: name and arguments of each, in their order."""
    url = app.extensions["inbox_config"].redis_url
    with Redis.from_url(url) as client:
        queue = Queue(queue_name, connection=client, serializer=JSONSerializer)
        jobs = [queue.fetch_job(job_id) for job_id in queue.job_ids]
        queue.empty()  # type: ignore[no-untyped-call]  # as RQ has it
    return [{"name": job.func_name, "arguments": job.args} for job in jobs if job is not None]
