"""Real workers die amid an import, or Redis does: it goes on where it stood, and in the end
everything is there once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from inbox.local.processes import Process
from inbox.local.stores import Stores
from inbox.simulator.pretend import PageSettings
from tests import cast
from tests.bounds import eventually
from tests.processes import Starter
from tests.stores import Database
from tests.sync.conftest import Row, Shop, connected
from tests.sync.undisturbed import check, undisturbed

THREADS = 150
AGAIN_WITHIN = 15.0  # seconds


@dataclass
class Deployment:
    """A worker for syncs and the clock."""

    shop: Shop
    start: Starter
    worker: Process

    def kill(self) -> None:
        """The worker, at once and without a word; another one takes its place."""
        self.worker.kill()
        self.worker = self.start.workers("sync")

    def wait_until_it_goes_on(self, job_id: int) -> float:
        """Seconds until another attempt has stored something, or ended it."""
        before, began = self.shop.job(job_id), time.monotonic()

        def goes_on() -> bool:
            job = self.shop.job(job_id)
            is_new = job["attempt"] > before["attempt"]
            has_moved = job["graph_calls"] > before["graph_calls"]
            return bool(is_new and has_moved) or job["status"] != "IN_PROGRESS"

        eventually(goes_on, AGAIN_WITHIN + 5)
        return time.monotonic() - began

    def finished(self, job_id: int) -> Row:
        eventually(lambda: self.shop.job(job_id)["status"] not in ("PENDING", "IN_PROGRESS"), 90)
        return self.shop.job(job_id)


@pytest.fixture
def deployment(shop: Shop, start: Starter) -> Deployment:
    """An import takes some seconds here, and many slices."""
    shop.meta.generate(threads=THREADS, mean=25, sigma=1.0, instagram_share=0.3)
    shop.meta.limits.budget = 800
    shop.meta.limits.latency_s = 0.3
    start.clock()
    return Deployment(shop, start, start.workers("sync"))


def moments(shop: Shop, job_id: int, kills: int, all_calls: int) -> list[Callable[[], bool]]:
    """Points of the import at random: after so many Graph calls. What is killed makes some of them
    again, so the last point comes before the end."""
    after = sorted(random.Random(kills).sample(range(1, all_calls), kills))
    return [lambda calls=calls: is_reached(shop, job_id, calls) for calls in after]  # type: ignore[misc]  # bound now


def is_reached(shop: Shop, job_id: int, calls: int) -> bool:
    has_ended = shop.job(job_id)["status"] not in ("PENDING", "IN_PROGRESS")
    return has_ended or len(shop.meta.calls) >= calls


@pytest.mark.faults
@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.long)])
def test_the_worker_is_killed_again_and_again(deployment: Deployment, kills: int) -> None:
    shop = deployment.shop
    rows = undisturbed(shop)
    all_calls = shop.calls()
    assert all_calls > kills
    shop.meta.calls.clear()
    job_id = shop.request()
    slowest = 0.0
    for is_time in moments(shop, job_id, kills, all_calls):
        eventually(is_time, 60)
        if shop.job(job_id)["status"] != "IN_PROGRESS":
            break
        deployment.kill()
        slowest = max(slowest, deployment.wait_until_it_goes_on(job_id))
    job = deployment.finished(job_id)
    check(shop, job, rows, THREADS)
    assert job["attempt"] == kills + 1
    assert slowest <= AGAIN_WITHIN


@pytest.mark.faults
def test_redis_loses_everything_amid_an_import(deployment: Deployment, stores: Stores) -> None:
    shop = deployment.shop
    rows = undisturbed(shop)
    job_id = shop.request()
    eventually(lambda: shop.job(job_id)["synced_contacts"], 30)
    stores.redis.process.kill()
    stores.redis.start()
    job = deployment.finished(job_id)
    check(shop, job, rows, THREADS)


@pytest.fixture
def durable(database: Database) -> Iterator[None]:
    """As in production: what is committed survives a crash. (The tests' server commits faster.)"""
    name = database.value("SELECT current_database()")
    database.rows(f"ALTER DATABASE {name} SET synchronous_commit = on")
    yield
    database.rows(f"ALTER DATABASE {name} RESET synchronous_commit")


@pytest.mark.faults
@pytest.mark.usefixtures("durable")
def test_the_database_dies_amid_an_import(deployment: Deployment, stores: Stores) -> None:
    shop = deployment.shop
    rows = undisturbed(shop)
    job_id = shop.request()
    eventually(lambda: shop.job(job_id)["synced_contacts"], 30)
    before = shop.job(job_id)
    assert before["status"] == "IN_PROGRESS"
    assert before["synced_contacts"] < THREADS
    stores.postgresql.process.kill()
    stores.postgresql.start()
    shop.database.connect()
    # By another attempt, or by the same one where it did not ask anything meanwhile.
    check(shop, deployment.finished(job_id), rows, THREADS)


@pytest.mark.faults
def test_redis_forgets_a_sync_that_nobody_has_begun(
    shop: Shop, start: Starter, stores: Stores
) -> None:
    shop.meta.generate(threads=20, mean=5, sigma=0.5)
    start.clock()
    job_id = shop.request()
    stores.redis.process.kill()
    stores.redis.start()
    began = time.monotonic()
    start.workers("sync")
    eventually(lambda: shop.job(job_id)["status"] == "COMPLETED", AGAIN_WITHIN + 10)
    assert time.monotonic() - began < AGAIN_WITHIN + 5
    assert shop.is_whole()


@pytest.mark.faults
def test_a_deploy_ends_the_worker_at_once_and_another_goes_on(deployment: Deployment) -> None:
    shop = deployment.shop
    rows = undisturbed(shop)
    job_id = shop.request()
    shop.meta.faults.next("conversations", "rate_limit", minutes=0.25, after=3)
    eventually(lambda: shop.job(job_id)["waiting_until"], 30)
    began = time.monotonic()
    deployment.worker.stop()
    assert time.monotonic() - began < 5, "nobody waits until Meta takes calls again"
    deployment.worker = deployment.start.workers("sync")
    eventually(lambda: shop.job(job_id)["attempt"] == 2, AGAIN_WITHIN)
    check(shop, deployment.finished(job_id), rows, THREADS)


@pytest.mark.faults
def test_a_page_that_waits_does_not_keep_another_waiting(deployment: Deployment) -> None:
    shop = deployment.shop
    other = shop.meta.add_page(PageSettings(name="Another Page"))
    shop.meta.generate(other, threads=10, mean=3, sigma=0.5)
    waits = shop.request()
    shop.meta.faults.next("conversations", "rate_limit", minutes=1, times=2)
    eventually(lambda: shop.job(waits)["waiting_until"], 20)
    with shop.app.app_context():
        shop.page = connected(cast.organization("Another"), other)
    assert deployment.finished(shop.request())["status"] == "COMPLETED"
    assert shop.job(waits)["status"] == "IN_PROGRESS"
