"""The sweep: each file once, whoever sweeps, whatever happens meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg2
import pytest

from inbox.actions import files
from inbox.db import transaction
from inbox.models import Message
from tests import cast as the
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.cast import sign_in
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer, Handler, reply
from tests.processes import Web


class Slow:
    """An answer that comes when the test says so. `begun` counts who asked for it, `most` how
    many at a time."""

    def __init__(self, content: bytes = PNG, status: int = 200) -> None:
        self._answer = (content, status)
        self.may_end = threading.Event()
        self.begun = self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, handler: Handler) -> None:
        with self._lock:
            self.begun += 1
            self._now += 1
            self.most = max(self.most, self._now)
        self.may_end.wait(20)
        with self._lock:
            self._now -= 1  # before the answer, after which the next one may come
        reply(handler, *self._answer)


@pytest.fixture
def seats(copying: Copying, live: Web) -> Iterator[dict[str, Seat]]:
    """Alice, Bob and Charlie, each with an open socket."""
    people = {"alice": copying.cast.alice, "bob": copying.cast.bob, "charlie": copying.cast.charlie}
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(Seat.of(person, copying.app, live.url))
            for name, person in people.items()
        }


def states_told(copying: Copying, server: FileServer, seat: Seat) -> list[list[str]]:
    """The states of the files in each `message_updated` so far, up to one that is made now."""
    key = copying.attach(server.gives("/last"), type="video")
    copying.copy_due()
    seat.ear.waits_for("message_updated", lambda told: file_of(told, key)["state"] == "STORED")
    return [
        [file["state"] for file in told["message"]["attachments"]]
        for told in seat.ear.all("message_updated")
    ]


def file_of(told: dict[str, Any], key: int) -> dict[str, Any]:
    files = told["message"]["attachments"]
    return next((file for file in files if file["id"] == str(key)), {"state": None})


def in_background(copying: Copying) -> threading.Thread:
    thread = threading.Thread(target=copying.copy_due)
    thread.start()
    return thread


def files_stored(copying: Copying) -> int:
    return int(copying.database.value("SELECT count(*) FROM stored_files"))


def test_those_who_see_the_thread_are_told_and_find_it_in_a_catch_up(
    copying: Copying, server: FileServer, seats: dict[str, Seat]
) -> None:
    cursor = seats["bob"].get("changes")["cursor"]
    key = copying.attach(server.gives("/file"), name="vase.png")
    versions = "SELECT m.version AS m, c.version AS c FROM messages m, conversations c"
    (before,) = copying.database.rows(versions)
    assert copying.copy_due() == 1
    for name in ("alice", "bob"):
        (file,) = seats[name].updated_message()["attachments"]
        assert file["url"] == f"/files/attachments/{key}"
        assert (file["mimeType"], file["size"], file["state"]) == ("image/png", len(PNG), "STORED")
    assert seats["charlie"].ear.names() == []
    (after,) = copying.database.rows(versions)
    assert after == {"m": before["m"] + 1, "c": before["c"] + 1}
    changes = seats["bob"].get("changes", since=cursor)
    assert [row["attachments"][0]["id"] for row in changes["messages"]] == [str(key)]
    assert [row["id"] for row in changes["conversations"]] == [str(copying.cast.conversation.id)]


def test_a_file_that_will_not_come_is_told_too_and_a_mere_delay_is_not(
    copying: Copying, server: FileServer, seats: dict[str, Seat]
) -> None:
    copying.copied(server.gives("/file", b"", 500))
    copying.make_due()
    server.gives("/file", b"", 410)
    copying.copy_due()
    told = states_told(copying, server, seats["bob"])
    assert told == [["EXPIRED"], ["EXPIRED", "STORED"]]


def test_an_attachment_without_an_address_is_left_alone(copying: Copying) -> None:
    copying.attach(None, copy_state="NONE")
    assert copying.copy_due() == 0


def test_four_files_come_side_by_side_and_no_more(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    for number in range(10):
        copying.attach(server.answers(f"/{number}", slow))
    sweep = in_background(copying)
    eventually(lambda: slow.begun == 4)
    claimed = "SELECT count(*) FROM attachments WHERE copy_attempts > 0"
    assert copying.database.value(claimed) == 4
    slow.may_end.set()
    sweep.join(20)
    assert (slow.begun, slow.most, files_stored(copying)) == (10, 4, 10)


def test_a_slow_file_does_not_hold_up_the_others(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/slow", slow))
    keys = [copying.attach(server.gives(f"/{number}")) for number in range(8)]
    sweep = in_background(copying)
    eventually(lambda: all(copying.outcome(each)["copy_state"] == "STORED" for each in keys))
    assert copying.outcome(key)["copy_state"] == "PENDING"
    slow.may_end.set()
    sweep.join(20)
    assert copying.outcome(key)["copy_state"] == "STORED"


def test_two_sweeps_at_once_share_the_files(copying: Copying, server: FileServer) -> None:
    for number in range(30):
        copying.attach(server.gives(f"/{number}"))
    sweeps = [in_background(copying) for _ in range(3)]
    for sweep in sweeps:
        sweep.join(30)
    assert files_stored(copying) == 30
    assert sorted(server.asked) == sorted(f"/{number}" for number in range(30))


def test_a_file_that_two_workers_fetched_is_stored_and_told_once(
    copying: Copying, server: FileServer, seats: dict[str, Seat]
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    first = in_background(copying)
    eventually(lambda: slow.begun == 1)
    copying.make_due()  # as if the first had lost its lease
    second = in_background(copying)
    eventually(lambda: slow.begun == 2)
    slow.may_end.set()
    for sweep in (first, second):
        sweep.join(20)
    assert copying.outcome(key)["copy_attempts"] == 2
    assert files_stored(copying) == 1
    assert copying.outcome(key)["content"] is not None
    told = states_told(copying, server, seats["bob"])
    assert told == [["STORED"], ["STORED", "STORED"]]


def test_a_claim_is_held_while_the_file_comes(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    sweep = in_background(copying)
    eventually(lambda: slow.begun == 1)
    seconds = "SELECT extract(epoch FROM copy_due_at - now()) FROM attachments WHERE id = %s"
    assert 8 < copying.database.value(seconds, key) <= 10
    copying.database.rows("UPDATE attachments SET copy_due_at = now() + interval '1 second'")
    eventually(lambda: copying.database.value(seconds, key) > 8)
    assert copying.copy_due() == 0
    slow.may_end.set()
    sweep.join(20)
    row = copying.outcome(key)
    assert (row["copy_state"], row["copy_attempts"]) == ("STORED", 1)


def test_who_lost_a_claim_cannot_end_it(copying: Copying, server: FileServer) -> None:
    gone, here = Slow(b"", 410), Slow()
    key = copying.attach(server.answers("/file", gone))
    first = in_background(copying)
    eventually(lambda: gone.begun == 1)
    copying.make_due()
    server.answers("/file", here)
    second = in_background(copying)
    eventually(lambda: here.begun == 1)
    gone.may_end.set()
    first.join(20)
    assert copying.outcome(key)["copy_state"] == "PENDING"
    here.may_end.set()
    second.join(20)
    assert copying.outcome(key)["copy_state"] == "STORED"


def test_a_file_that_somebody_has_locked_holds_up_no_other(
    copying: Copying, server: FileServer
) -> None:
    locked, free = (copying.attach(server.gives(f"/{number}")) for number in range(2))
    with closing(psycopg2.connect(copying.database.url)) as rival, rival.cursor() as cursor:
        cursor.execute("SELECT FROM attachments WHERE id = %s FOR UPDATE", (locked,))
        assert copying.copy_due() == 1
    assert copying.outcome(free)["copy_state"] == "STORED"
    assert copying.copy_due() == 1


def test_no_connection_is_held_while_a_file_comes(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    copying.attach(server.answers("/file", slow))
    sweep = in_background(copying)
    eventually(lambda: slow.begun == 1)
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state <> 'idle' AND pid <> pg_backend_pid()"
    )
    eventually(lambda: copying.database.value(busy) == 0)
    slow.may_end.set()
    sweep.join(20)


def test_a_message_that_is_unsent_while_its_file_comes_keeps_nothing(
    copying: Copying, server: FileServer
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    sweep = in_background(copying)
    eventually(lambda: slow.begun == 1)
    copying.database.rows("UPDATE messages SET is_deleted = true")
    slow.may_end.set()
    sweep.join(20)
    assert files_stored(copying) == 0
    copying.make_due()
    assert copying.copy_due() == 0
    assert copying.outcome(key)["stored_file_id"] is None


def test_the_files_of_an_unsent_message_are_removed_and_those_of_others_stay(
    copying: Copying, server: FileServer
) -> None:
    with copying.app.app_context():
        other = the.message(copying.cast.conversation, "with another picture")
    mine, pending = copying.attach(server.gives("/mine")), copying.attach(server.gives("/late"))
    kept = copying.attach(server.gives("/other"), other)
    copying.database.rows("UPDATE attachments SET copy_due_at = 'infinity' WHERE id = %s", pending)
    copying.copy_due()
    assert files_stored(copying) == 2
    with copying.app.app_context(), transaction() as session:
        session.get_one(Message, copying.cast.message.id).is_deleted = True
        files.drop_files([copying.cast.message.id])
    for key in (mine, pending):
        row = copying.outcome(key)
        assert (row["copy_state"], row["source_url"], row["content"]) == ("NONE", None, None)
    assert copying.outcome(kept)["copy_state"] == "STORED"
    assert files_stored(copying) == 1
    bob = sign_in(copying.app, copying.cast.bob)
    assert bob.get(f"/files/attachments/{mine}").status_code == 404
    assert bob.get(f"/files/attachments/{kept}").data == PNG


def test_a_transaction_that_fails_drops_nothing(copying: Copying, server: FileServer) -> None:
    copying.copied(server.gives("/file"))

    def drop_and_fail() -> None:
        with copying.app.app_context(), transaction():
            files.drop_files([copying.cast.message.id])
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        drop_and_fail()
    assert files_stored(copying) == 1


def test_the_newest_file_comes_first(copying: Copying, server: FileServer) -> None:
    for number in range(6):
        copying.attach(server.gives(f"/{number}"))
    with copying.app.app_context():
        assert files.copy_due(limit=1) == 1
        assert files.copy_due(limit=1) == 1
    assert server.asked == ["/5", "/4"]
    assert files_stored(copying) == 2
