"""The workers: which jobs they take, and how they live through deaths around them."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from inbox.local.processes import Process
from inbox.local.stores import Stores
from tests.bounds import eventually
from tests.pids import children_of, is_alive
from tests.processes import Starter
from workers.__main__ import PROCESSES, QUEUES

HARMLESS = "workers.supervision.end_with_parent"  # one of our functions that does nothing there


@pytest.fixture
def redis(stores: Stores) -> Redis:
    return Redis.from_url(stores.redis.url)


def enqueue(redis: Redis, queue: str, name: str, *arguments: object) -> Job:
    return Queue(queue, connection=redis, serializer=JSONSerializer).enqueue_call(
        name, args=arguments, timeout=-1, result_ttl=60
    )


def is_done(job: Job) -> bool:
    return job.get_status() in (JobStatus.FINISHED, JobStatus.FAILED)


def does_a_job(redis: Redis, queue: str = "default", seconds: float = 15) -> bool:
    job = enqueue(redis, queue, HARMLESS)
    eventually(lambda: is_done(job), seconds)
    return job.get_status() is JobStatus.FINISHED


def test_every_queue_has_its_worker(start: Starter, redis: Redis) -> None:
    parent = start.workers()
    assert len(QUEUES) == 5
    jobs = [enqueue(redis, queue, HARMLESS) for queue in QUEUES]
    eventually(lambda: all(job.get_status() is JobStatus.FINISHED for job in jobs))
    assert len(children_of(parent.pid)) == len(PROCESSES)


def test_one_worker_can_be_given_chosen_queues(start: Starter, redis: Redis) -> None:
    start.workers("sync")
    waiting = enqueue(redis, "ai", HARMLESS)
    assert does_a_job(redis, "sync")
    assert waiting.get_status() is JobStatus.QUEUED


def test_an_unknown_queue_is_one_clear_line(start: Starter) -> None:
    worker = start.workers("synk")
    assert worker.wait(10) == 2
    assert worker.log.read_text().splitlines()[-1].endswith("error: no such queue: synk")


def test_a_worker_that_is_killed_is_replaced(start: Starter, redis: Redis) -> None:
    parent = start.workers()
    assert does_a_job(redis)
    killed = children_of(parent.pid)
    for child in killed:
        os.kill(child, signal.SIGKILL)
    # Not before they are gone: Redis could still hand the job to one of them.
    eventually(lambda: len(set(children_of(parent.pid)) - set(killed)) == len(PROCESSES))
    assert does_a_job(redis)


def test_sigterm_ends_all_of_them(start: Starter, redis: Redis) -> None:
    parent = start.workers()
    assert does_a_job(redis)
    children = children_of(parent.pid)
    assert parent.stop() < 10
    assert parent.wait(0) == 0
    assert not any(is_alive(child) for child in children)


def test_workers_end_when_their_parent_is_killed(start: Starter, redis: Redis) -> None:
    parent = start.workers()
    assert does_a_job(redis)
    children = children_of(parent.pid)
    parent.kill()
    eventually(lambda: not any(is_alive(child) for child in children))


def test_workers_go_on_after_redis_was_away(start: Starter, redis: Redis, stores: Stores) -> None:
    parent = start.workers()
    assert does_a_job(redis)
    stores.redis.process.kill()
    try:
        parent.wait_until(lambda: "Redis" in parent.log_tail())
    finally:
        stores.redis.start()
    assert all(does_a_job(redis, queue) for queue in QUEUES)
    assert len(children_of(parent.pid)) == len(PROCESSES)


def test_workers_may_start_before_redis(start: Starter, redis: Redis, stores: Stores) -> None:
    stores.redis.process.kill()
    try:
        parent = start.workers("default")
        parent.wait_until(lambda: "Redis is away, waiting" in parent.log_tail())
    finally:
        stores.redis.start()
    assert does_a_job(redis)


@pytest.fixture
def worker(start: Starter) -> Process:
    return start.workers("default")


@pytest.mark.parametrize(
    "name", ["os.mkdir", "workers.supervision.os.mkdir", "inbox.logs.log_to_stderr", "eval"]
)
def test_a_function_that_is_no_job_of_ours_is_refused(
    worker: Process, redis: Redis, tmp_path: Path, name: str
) -> None:
    made = tmp_path / "made by a job from redis"
    job = enqueue(redis, "default", name, str(made))
    eventually(lambda: is_done(job))
    assert job.get_status() is JobStatus.FAILED
    assert "ForeignJobError" in (job.latest_result().exc_string or "")  # type: ignore[union-attr]
    assert not made.exists()
    assert does_a_job(redis)


def test_a_callback_is_not_called(worker: Process, redis: Redis, tmp_path: Path) -> None:
    job = Queue("default", connection=redis, serializer=JSONSerializer).enqueue(
        HARMLESS, on_success=Callback("tests.runtime.callback.called"), result_ttl=60
    )
    eventually(lambda: is_done(job))
    assert job.get_status() is JobStatus.FINISHED
    assert job.success_callback is not None  # RQ itself would have called it
    assert "callback was called" not in worker.log.read_text()


class Trap:
    """Unpickled, it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_in_redis_is_not_loaded(worker: Process, redis: Redis, tmp_path: Path) -> None:
    made = tmp_path / "made by a pickle"
    trap = pickle.dumps(("os.getcwd", None, (Trap(made),), {}))
    job = enqueue(redis, "default", HARMLESS)
    eventually(lambda: is_done(job))
    redis.hset(job.key, "data", trap)
    redis.lpush("rq:queue:default", job.id)
    assert does_a_job(redis)
    assert not made.exists()
    pickle.loads(trap)
    assert made.exists()  # the trap does work
