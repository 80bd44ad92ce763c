"""The real chain: a customer's picture, through webhook, worker and clock, to a browser."""

from __future__ import annotations

from typing import Literal

import pytest
import requests
from flask import Flask
from redis import Redis
from rq import Queue
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from inbox.actions.copies.files import COPY_DUE, wake_copying
from inbox.actions.facebook_pages.pages import connect_page
from inbox.local.processes import Process
from inbox.local.stores import Stores
from inbox.simulator.server import Simulator
from tests.bounds import eventually
from tests.cast import api_token, make_cast
from tests.files.conftest import Copying
from tests.files.file_server import FileServer, Slow
from tests.processes import Starter, Web
from tests.stores import Database

HARMLESS = "workers.supervision.end_with_parent"  # one of our functions that does nothing there


@pytest.fixture
def queue(stores: Stores) -> Queue:
    return Queue("default", connection=Redis.from_url(stores.redis.url), serializer=JSONSerializer)


def worker(start: Starter, server: FileServer) -> Process:
    return start.workers("outgoing", "default", MEDIA_HOSTS=server.netloc)


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_customers_picture_is_served_to_alice(
    *,
    app: Flask,
    live: Web,
    meta: Simulator,
    database: Database,
    start: Starter,
    platform: Literal["messenger", "instagram"],
) -> None:
    with app.app_context():
        cast = make_cast()
        connect_page(
            cast.organization,
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )
        token = api_token(cast.alice)
    start.workers("outgoing", "default")
    zelda = meta.add_person("Zelda", platform)
    meta.does(zelda, "attachment", type="image", media="vase.png")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    stored = "SELECT id FROM attachments WHERE copy_state = 'STORED'"
    (row,) = eventually(lambda: database.rows(stored), 15)
    file = session.get(f"{live.url}/files/attachments/{row['id']}", timeout=5)
    sent = meta.media.get("vase.png")
    assert sent is not None
    assert (file.status_code, file.content) == (200, sent.content)
    assert file.headers["Content-Type"] == "image/png"
    part = session.get(file.url, headers={"Range": "bytes=1-3"}, timeout=5)
    assert (part.status_code, part.content) == (206, b"PNG")
    # Her portrait comes with her profile.
    portrait = "SELECT id, profile_picture_file_id AS file FROM contacts WHERE name = 'Zelda'"
    (contact,) = eventually(
        lambda: [row for row in database.rows(portrait) if row["file"] is not None], 15
    )
    picture = session.get(
        f"{live.url}/files/contacts/{contact['id']}/picture/{contact['file']}", timeout=5
    )
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")


def test_a_reply_does_not_wait_for_a_slow_file(
    copying: Copying, server: FileServer, start: Starter, queue: Queue
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/slow", slow))
    worker(start, server)
    for _ in range(200):  # a burst of nudges
        queue.enqueue_call(COPY_DUE)
    eventually(lambda: slow.begun == 1)
    job = queue.enqueue_call(HARMLESS, result_ttl=60)
    eventually(lambda: job.get_status() is JobStatus.FINISHED, 5)
    assert copying.outcome(key)["copy_state"] == "PENDING"
    slow.may_end.set()
    eventually(lambda: copying.outcome(key)["copy_state"] == "STORED", 5)
    assert slow.begun == 1


def test_a_worker_ends_at_once_while_a_file_comes(
    copying: Copying, server: FileServer, start: Starter, queue: Queue
) -> None:
    slow = Slow()
    copying.attach(server.answers("/slow", slow))
    process = worker(start, server)
    queue.enqueue_call(COPY_DUE)
    eventually(lambda: slow.begun == 1)
    assert process.stop() < 3
    slow.may_end.set()


@pytest.mark.faults
def test_a_file_whose_worker_was_killed_is_stored_within_15_s(
    copying: Copying, server: FileServer, start: Starter, queue: Queue
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    start.clock()
    killed = worker(start, server)
    eventually(lambda: slow.begun == 1, 15)  # the clock alone has found it
    killed.kill()
    slow.may_end.set()
    worker(start, server)
    eventually(lambda: copying.outcome(key)["copy_state"] == "STORED", 18)
    assert copying.database.value("SELECT count(*) FROM stored_files") == 1


def test_the_clock_wakes_nobody_while_nothing_is_due(copying: Copying, queue: Queue) -> None:
    with copying.app.app_context():
        wake_copying()
        assert len(queue) == 0
    copying.attach("http://127.0.0.1:9/file")
    with copying.app.app_context():
        wake_copying()
    assert len(queue) == 1
