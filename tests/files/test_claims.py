"""Claims on files: several sweeps at once, locks and leases."""

from __future__ import annotations

from contextlib import closing

import psycopg2

from tests.bounds import eventually
from tests.files.conftest import Copying
from tests.files.file_server import FileServer, Slow


def test_two_sweeps_at_once_share_the_files(copying: Copying, server: FileServer) -> None:
    for number in range(30):
        copying.attach(server.gives(f"/{number}"))
    sweeps = [copying.in_background() for _ in range(3)]
    for sweep in sweeps:
        sweep.join(30)
    assert copying.files_stored() == 30
    assert sorted(server.asked) == sorted(f"/{number}" for number in range(30))


def test_a_claim_is_held_while_the_file_comes(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    sweep = copying.in_background()
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
    first = copying.in_background()
    eventually(lambda: gone.begun == 1)
    copying.make_due()
    server.answers("/file", here)
    second = copying.in_background()
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
        rival.rollback()
    assert copying.outcome(free)["copy_state"] == "STORED"
    assert copying.copy_due() == 1


def test_no_connection_is_held_while_a_file_comes(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    copying.attach(server.answers("/file", slow))
    sweep = copying.in_background()
    eventually(lambda: slow.begun == 1)
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state <> 'idle' AND pid <> pg_backend_pid()"
    )
    eventually(lambda: copying.database.value(busy) == 0)
    slow.may_end.set()
    sweep.join(20)
