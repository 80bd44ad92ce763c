"""The sweep: each file once, whoever sweeps, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from inbox.actions.copies import files
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer, Slow
from tests.processes import Web


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
    sweep = copying.in_background()
    eventually(lambda: slow.begun == 4)
    claimed = "SELECT count(*) FROM attachments WHERE copy_attempts > 0"
    assert copying.database.value(claimed) == 4
    slow.may_end.set()
    sweep.join(20)
    assert (slow.begun, slow.most, copying.files_stored()) == (10, 4, 10)


def test_a_slow_file_does_not_hold_up_the_others(copying: Copying, server: FileServer) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/slow", slow))
    keys = [copying.attach(server.gives(f"/{number}")) for number in range(8)]
    sweep = copying.in_background()
    eventually(lambda: all(copying.outcome(each)["copy_state"] == "STORED" for each in keys))
    assert copying.outcome(key)["copy_state"] == "PENDING"
    slow.may_end.set()
    sweep.join(20)
    assert copying.outcome(key)["copy_state"] == "STORED"


def test_a_file_that_two_workers_fetched_is_stored_and_told_once(
    copying: Copying, server: FileServer, seats: dict[str, Seat]
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    first = copying.in_background()
    eventually(lambda: slow.begun == 1)
    copying.make_due()  # as if the first had lost its lease
    second = copying.in_background()
    eventually(lambda: slow.begun == 2)
    slow.may_end.set()
    for sweep in (first, second):
        sweep.join(20)
    assert copying.outcome(key)["copy_attempts"] == 2
    assert copying.files_stored() == 1
    assert copying.outcome(key)["content"] is not None
    told = states_told(copying, server, seats["bob"])
    assert told == [["STORED"], ["STORED", "STORED"]]


def test_the_newest_file_comes_first(copying: Copying, server: FileServer) -> None:
    for number in range(6):
        copying.attach(server.gives(f"/{number}"))
    with copying.app.app_context():
        assert files.copy_due(limit=1) == 1
        assert files.copy_due(limit=1) == 1
    assert server.asked == ["/5", "/4"]
    assert copying.files_stored() == 2
