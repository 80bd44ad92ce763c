"""What people do with a conversation: status, hand-over, read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from flask import Flask

from inbox.local.stores import Stores
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.cast import Cast, user
from tests.stores import Database


@pytest.fixture
def path(cast: Cast) -> str:
    return f"conversations/{cast.conversation.id}"


def row(database: Database, cast: Cast) -> dict[str, Any]:
    (found,) = database.rows("SELECT * FROM conversations WHERE id = %s", cast.conversation.id)
    return found


@pytest.mark.parametrize("status", ["PENDING", "SNOOZED", "RESOLVED"])
def test_a_status_is_set_told_and_given_back(
    *, status: str, path: str, listening: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    answer = listening.patch(path, {"status": status})
    told = listening.ear.waits_for("conversation_updated")["conversation"]
    after = row(database, cast)
    assert answer == told
    assert (after["status"], after["assignee_id"]) == (status, cast.bob.id)
    assert after["version"] == before["version"] + 1 == told["version"]


def test_nothing_changed_is_nothing_told(
    path: str, listening: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    for body in ({}, {"status": "OPEN"}, {"assigneeId": cast.bob.id}):
        assert listening.patch(path, body)["version"] == before["version"]
    assert row(database, cast) == before
    listening.patch(path, {"status": "PENDING"})
    listening.ear.waits_for("conversation_updated")
    assert listening.ear.names() == ["conversation_updated"]


def test_a_hand_over_is_written_down(
    path: str, alice: Seat, cast: Cast, database: Database
) -> None:
    answer = alice.patch(path, {"status": "PENDING", "assigneeId": str(cast.charlie.id)})
    assert answer["assignee"] == {"id": str(cast.charlie.id), "name": "Charlie"}
    assert answer["status"] == "PENDING"
    alice.patch(path, {"assigneeId": None})
    history = database.rows("SELECT * FROM conversation_assignments ORDER BY id")
    steps = [(r["previous_assignee_id"], r["assignee_id"], r["by_id"]) for r in history]
    assert steps == [
        (cast.bob.id, cast.charlie.id, cast.alice.id),
        (cast.charlie.id, None, cast.alice.id),
    ]


def test_an_agent_hands_over_and_lets_go_of_their_own_and_then_sees_it_no_more(
    path: str, bob: Seat, charlie: Seat, cast: Cast
) -> None:
    assert bob.patch(path, {"assigneeId": cast.charlie.id})["assignee"]["name"] == "Charlie"
    assert bob.ask("GET", path).status_code == 404
    assert bob.ask("PATCH", path, json={"assigneeId": cast.bob.id}).status_code == 404
    assert charlie.patch(path, {"assigneeId": None})["assignee"] is None
    assert charlie.ask("PATCH", path, json={"assigneeId": cast.charlie.id}).status_code == 404


ODD: list[Any] = [{}, {"$ne": 1}, [], ["OPEN"], True, 1.5, "", "open", "OPEN\x00", "\ud800", 7]


def test_a_status_that_is_none_is_refused(
    path: str, alice: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    for value in [*ODD, None]:
        answer = alice.ask("PATCH", path, json={"status": value, "assigneeId": cast.charlie.id})
        assert answer.status_code == 422, value
        assert "status" in answer.json()["error"]["fields"]
        assert row(database, cast) == before, "and nothing of the rest was done"


def test_an_assignee_that_is_none_is_refused(
    path: str, alice: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    for value in [*ODD, {"id": 1}, [1], "me", "1 OR 1=1", "-1", 2**70]:
        answer = alice.ask("PATCH", path, json={"status": "RESOLVED", "assigneeId": value})
        assert answer.status_code in (404, 422), value
        assert row(database, cast) == before


def test_nobody_of_another_organization_and_nobody_deactivated_is_assigned(
    *, path: str, alice: Seat, cast: Cast, app: Flask, database: Database
) -> None:
    with app.app_context():
        gone = user(cast.organization, "Dora", is_active=False)
    assert alice.ask("PATCH", path, json={"assigneeId": cast.mallory.id}).status_code == 404
    assert alice.ask("PATCH", path, json={"assigneeId": 999_999_999}).status_code == 404
    refused = alice.ask("PATCH", path, json={"assigneeId": gone.id})
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"] == {"assigneeId": "Dora has been deactivated."}
    assert row(database, cast)["assignee_id"] == cast.bob.id


def test_other_fields_are_refused_by_name(
    path: str, alice: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    names = ["organizationId", "organization_id", "unreadCount", "contactId", "version", "id"]
    for field in [*names, "__class__", "self", "body"]:
        answer = alice.ask("PATCH", path, json={"status": "RESOLVED", field: 1})
        assert answer.status_code == 422, field
        assert field in answer.json()["error"]["fields"]
    assert row(database, cast) == before


def test_a_body_that_is_no_object_is_refused(path: str, alice: Seat) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"", b"[]", b'"x"', b"null", b"{", b"\xff", b"status=OPEN", b'{"status": NaN}'):
        assert alice.ask("PATCH", path, data=body, headers=headers).status_code == 422, body


def test_nobody_changes_or_reads_what_is_not_theirs(
    path: str, charlie: Seat, mallory: Seat, cast: Cast, database: Database
) -> None:
    before = row(database, cast)
    for seat in (charlie, mallory):
        assert seat.ask("PATCH", path, json={"status": "RESOLVED"}).status_code == 404
        assert seat.ask("POST", f"{path}/read").status_code == 404
    assert row(database, cast) == before


def test_reading_sets_the_teams_unread_to_0_tells_it_and_asks_to_mark_it_seen(
    *, path: str, listening: Seat, bob: Seat, cast: Cast, database: Database, stores: Stores
) -> None:
    database.rows("UPDATE conversations SET unread_count = 3 WHERE id = %s", cast.conversation.id)
    version = row(database, cast)["version"]
    assert bob.post(f"{path}/read")["unreadCount"] == 0
    told = listening.ear.waits_for("conversation_updated")["conversation"]
    assert (told["unreadCount"], told["version"]) == (0, version + 1)
    assert row(database, cast)["unread_count"] == 0
    with redis.Redis.from_url(stores.redis.url) as client:
        eventually(lambda: client.llen("rq:queue:outgoing") == 1)
        (job,) = client.lrange("rq:queue:outgoing", 0, -1)
        assert b"mark_seen" in client.hget(f"rq:job:{job.decode()}", "description")
        bob.post(f"{path}/read")
        assert client.llen("rq:queue:outgoing") == 1, "nothing unread, nothing to mark"
    assert row(database, cast)["version"] == version + 1


def test_a_change_of_status_does_not_undo_a_hand_over_that_came_between(
    path: str, alice: Seat, cast: Cast, database: Database
) -> None:
    other = Database(database.url)
    other.connection.autocommit = False
    other.rows(
        "UPDATE conversations SET assignee_id = %s, version = version + 1 WHERE id = %s",
        cast.charlie.id,
        cast.conversation.id,
    )
    with ThreadPoolExecutor(1) as pool:
        patched = pool.submit(alice.patch, path, {"status": "PENDING"})
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        eventually(lambda: database.value(waiting) > 0)
        other.connection.commit()
        patched.result(10)
    other.connection.close()
    after = row(database, cast)
    assert (after["status"], after["assignee_id"]) == ("PENDING", cast.charlie.id)
