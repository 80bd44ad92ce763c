"""What people ask of a sync: one at a time, a pause, an end; and what the clock asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from redis import Redis

from inbox.actions import sync
from inbox.extensions import db
from inbox.models import SyncJob, SyncKind
from tests.bounds import eventually
from tests.stores import Database
from tests.sync.conftest import Row, Shop


@pytest.fixture
def filled(shop: Shop) -> Shop:
    shop.meta.generate(threads=130, mean=5, sigma=0.5, instagram_share=0.2)
    return shop


def turn(shop: Shop, act: Callable[[SyncJob], None], job_id: int) -> Row:
    with shop.app.app_context():
        act(db.session.get_one(SyncJob, job_id))
    return shop.job(job_id)


@pytest.fixture
def under_way(filled: Shop) -> tuple[int, Future[Row]]:
    """A slow sync whose first slices are stored."""
    filled.meta.limits.latency_s = 0.4
    job_id = filled.request()
    running = ThreadPoolExecutor(1).submit(filled.run, job_id)
    eventually(lambda: filled.job(job_id)["synced_contacts"])
    return job_id, running


def test_eight_requests_at_once_make_one_job(filled: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: filled.request(), range(8)))
    assert len(set(ids)) == 1
    assert filled.database.value("SELECT count(*) FROM sync_jobs") == 1


# Holds who asks for a sync after the unique key has answered, until the test lets go of its lock.
HOLD = """
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
    CREATE TRIGGER hold AFTER INSERT ON sync_jobs FOR EACH STATEMENT EXECUTE FUNCTION hold()
"""
IS_HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def lock(database: Database) -> Iterator[Database]:
    """While it is held, whoever asks for a sync is stopped between the key and the look-up."""
    database.rows(HOLD)
    database.rows("SELECT pg_advisory_lock(4711)")
    yield database
    database.rows("SELECT pg_advisory_unlock_all()")
    database.rows("DROP FUNCTION hold CASCADE")


def test_who_lost_to_a_sync_that_then_ended_gets_their_own_with_all_that_was_asked(
    filled: Shop, request: pytest.FixtureRequest
) -> None:
    filled.meta.faults.next("conversations", "permission_lost", times=None, after=2)
    failed = filled.sync()
    assert (failed["status"], bool(failed["checkpoint"])) == ("FAILED", True)
    filled.meta.faults.clear()
    rival = filled.request()
    lock: Database = request.getfixturevalue("lock")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(filled.retry, failed["id"])
        eventually(lambda: lock.value(IS_HELD))
        lock.rows("UPDATE sync_jobs SET status = 'CANCELLED' WHERE id = %s", rival)
        lock.rows("SELECT pg_advisory_unlock(4711)")
        job = filled.job(asked.result(10))
    assert job["id"] != rival
    assert (job["status"], job["resumed_from_id"]) == ("PENDING", failed["id"])
    assert job["checkpoint"] == failed["checkpoint"]
    assert job["requested_by_id"] is not None
    assert filled.run(job["id"])["status"] == "COMPLETED"
    assert filled.is_whole()


def test_two_workers_with_one_job_do_it_once(filled: Shop) -> None:
    job_id = filled.request()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(filled.run, [job_id, job_id]))
    job = filled.job(job_id)
    assert (job["status"], job["attempt"], job["total_contacts"]) == ("COMPLETED", 1, 130)
    assert filled.calls() == job["graph_calls"]


def test_cancelling_takes_effect_within_one_slice(
    filled: Shop, under_way: tuple[int, Future[Row]]
) -> None:
    job_id, running = under_way
    job = turn(filled, sync.cancel, job_id)
    assert job["status"] == "CANCELLED"
    after = running.result(5)
    assert after["synced_contacts"] == job["synced_contacts"]
    assert (after["status"], after["completed_at"]) == ("CANCELLED", job["completed_at"])
    calls = filled.calls()
    assert calls <= job["graph_calls"] + 4
    assert filled.database.value("SELECT last_synced_at FROM facebook_pages") is None


def test_a_paused_one_goes_on_where_it_stood(
    filled: Shop, under_way: tuple[int, Future[Row]]
) -> None:
    job_id, running = under_way
    assert turn(filled, sync.pause, job_id)["status"] == "PAUSED"
    paused = running.result(5)
    assert 0 < paused["synced_contacts"] < 130
    assert filled.run(job_id)["status"] == "PAUSED", "no worker takes it"
    assert filled.request() == job_id, "it is still the page's one sync"
    assert turn(filled, sync.resume, job_id)["status"] == "PENDING"
    job = filled.run(job_id)
    assert (job["status"], job["total_contacts"]) == ("COMPLETED", 130)
    assert filled.is_whole()
    counts_all_as_new(filled, job)


def test_resumed_at_once_the_old_worker_is_fenced_off(
    filled: Shop, under_way: tuple[int, Future[Row]]
) -> None:
    job_id, running = under_way
    turn(filled, sync.pause, job_id)
    turn(filled, sync.resume, job_id)
    filled.run(job_id)
    running.result(10)
    job = filled.job(job_id)
    assert (job["status"], job["total_contacts"], job["attempt"]) == ("COMPLETED", 130, 2)
    assert filled.job(job_id)["total_contacts"] == 130
    assert filled.is_whole()
    counts_all_as_new(filled, job)


def counts_all_as_new(shop: Shop, job: Row) -> None:
    """What was stored by a worker that was stopped before its checkpoint, too."""
    assert job["new_contacts"] == 130
    assert job["new_messages"] == shop.database.value("SELECT count(*) FROM messages")


def test_the_clock_asks_for_pages_that_sync_by_themselves(filled: Shop) -> None:
    def asked() -> list[Row]:
        with filled.app.app_context():
            sync.request_due_syncs()
        return filled.database.rows("SELECT * FROM sync_jobs ORDER BY id")

    assert asked() == []
    filled.database.rows("UPDATE facebook_pages SET auto_sync = true, sync_interval = 60")
    (first,) = asked()
    assert (first["kind"], first["requested_by_id"]) == ("CHANGES", None)
    assert len(asked()) == 1, "one at a time"
    filled.run(first["id"])
    assert filled.is_whole()
    assert len(asked()) == 1, "the hour is not over"
    filled.database.rows("UPDATE sync_jobs SET created_at = now() - interval '61 minutes'")
    assert len(asked()) == 2
    filled.database.rows(
        "UPDATE sync_jobs SET created_at = now() - interval '61 minutes', status = 'CANCELLED'"
    )
    filled.database.rows("UPDATE facebook_pages SET token_failed_at = now()")
    assert len(asked()) == 2, "nobody asks for a page that must be reconnected"


def test_the_sweep_asks_once_for_what_nobody_took(filled: Shop, redis: Redis) -> None:
    def swept() -> int:
        with filled.app.app_context():
            sync.sweep_syncs()
        return int(redis.llen("rq:queue:sync"))

    job_id = filled.request()
    assert swept() == 1, "it has just been asked for"
    redis.flushall()
    assert swept() == 0
    filled.database.rows("UPDATE sync_jobs SET enqueue_due_at = now()")
    assert (swept(), swept()) == (1, 1)
    redis.flushall()
    filled.database.rows(
        "UPDATE sync_jobs SET enqueue_due_at = now(), status = 'IN_PROGRESS', attempt = 1,"
        " lease_until = now() + interval '5 seconds'"
    )
    assert swept() == 0, "its worker lives"
    filled.database.rows("UPDATE sync_jobs SET lease_until = now() - interval '1 second'")
    assert swept() == 1
    assert filled.run(job_id)["attempt"] == 2


@pytest.mark.parametrize("kind", [SyncKind.EVERYTHING, SyncKind.CHANGES])
def test_an_error_of_ours_does_not_go_round_for_ever(filled: Shop, kind: SyncKind) -> None:
    job_id = filled.request(kind)
    filled.database.rows("""UPDATE sync_jobs SET checkpoint = '{"FACEBOOK": {"updated": "x"}}'""")
    for _ in range(5):
        filled.run(job_id)
        filled.database.rows("UPDATE sync_jobs SET lease_until = now() - interval '1 second'")
    job = filled.job(job_id)
    assert (job["status"], job["attempt"]) == ("FAILED", 5)
    assert "The log of the workers" in job["failure"]
