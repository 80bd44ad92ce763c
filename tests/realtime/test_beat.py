"""What each web process does every 15 s, for its own sockets and without Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from inbox.local.processes import free_port
from inbox.models import Role, SyncStatus
from tests.api.seats import Seat
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Cast, organization, user
from tests.integrations.syncs import job
from tests.processes import Starter, Web
from tests.realtime.raw import CONNECT, CONNECT_ERROR, MESSAGE, raw_socket
from tests.stores import Database

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def quick(
    environment: Environment, migrated: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """A web process that beats fifty times a second and waits half a second for a sign-in."""
    starter, port = Starter(environment, tmp_path_factory.mktemp("logs")), str(free_port())
    process = starter.run("quick", "-m", "tests.realtime.impatient", PORT=port, HOST="127.0.0.1")
    web = Web(process, f"http://127.0.0.1:{port}")
    process.wait_until(web.is_ready)
    yield web
    starter.stop_all()


@pytest.fixture
def alice(quick: Web, cast: Cast, app: Flask) -> Iterator[Seat]:
    with Seat.of(cast.alice, app, quick.url) as seat:
        yield seat


def test_strangers_are_closed_and_who_signed_in_stays(quick: Web, alice: Seat) -> None:
    with raw_socket(quick.url) as stranger, raw_socket(quick.url) as refused:
        refused.send(MESSAGE + CONNECT + json.dumps({"token": "wrong"}))
        assert refused.receive().startswith(MESSAGE + CONNECT_ERROR)
        assert refused.is_closed_by_server()
        assert stranger.is_closed_by_server()
    assert alice.ear.is_open


@pytest.mark.parametrize(
    "change", ["is_active = false", "role = 'AGENT'", "session_epoch = session_epoch + 1"]
)
def test_who_lost_rights_is_closed_though_nobody_told_this_process(
    change: str, alice: Seat, cast: Cast, database: Database
) -> None:
    database.rows(f"UPDATE users SET {change} WHERE id = %s", cast.alice.id)
    alice.ear.waits_until_closed()


def test_who_signs_in_during_a_beat_stays(quick: Web, cast: Cast, app: Flask) -> None:
    seat = Seat.of(cast.charlie, app, quick.url)
    for _ in range(40):
        with raw_socket(quick.url, seat.token) as socket:
            seat.get("counts")  # meanwhile a beat ends
            assert not socket.has_been_closed()


def test_the_pulse_says_another_word_until_the_browser_has_caught_up(
    quick: Web, alice: Seat, cast: Cast, app: Flask, database: Database
) -> None:
    with Seat.of(cast.charlie, app, quick.url) as charlie:
        present = alice.get("changes")
        # A change whose event was lost on its way.
        database.rows(
            "UPDATE conversations SET unread_count = 7, version = version + 1,"
            " changed_xid = pg_current_xact_id() WHERE id = %s",
            cast.conversation.id,
        )
        eventually(lambda: alice.ear.pulses and alice.ear.pulses[-1] != present["change"])
        news = alice.get("changes", since=present["cursor"])
        assert [row["unreadCount"] for row in news["conversations"]] == [7]
        eventually(lambda: alice.ear.pulses[-1] == news["change"])  # a beat may lag behind it
        assert charlie.ear.pulses[-1:] in ([], ["0"]), "nothing that he may see has changed"


def test_the_pulse_sees_what_a_sync_has_stored(
    alice: Seat, cast: Cast, app: Flask, database: Database
) -> None:
    """Imported rows are in no list of changes: the sync's own row stands for them."""
    with app.app_context():
        sync = job(cast.page, SyncStatus.IN_PROGRESS)
        others = organization("Another")
        adas = user(others, "Ada", Role.ADMIN)
    with Seat.of(adas, app, alice.url) as ada:
        present, theirs = alice.get("changes"), ada.get("changes")
        database.rows(
            "UPDATE sync_jobs SET synced_contacts = 25, version = version + 1,"
            " changed_xid = pg_current_xact_id() WHERE id = %s",
            sync.id,
        )
        eventually(lambda: alice.ear.pulses and alice.ear.pulses[-1] != present["change"])
        news = alice.get("changes", since=present["cursor"])
        assert (news["reload"], news["imported"]) == (True, True)
        eventually(lambda: alice.ear.pulses[-1] == news["change"])  # a beat may lag behind it
        assert ada.ear.pulses[-1:] in ([], [theirs["change"]]), "it is no sync of theirs"
        assert ada.get("changes", since=theirs["cursor"])["reload"] is False
