"""After a pause of ours each connected Page is synced: Meta gives up what it cannot deliver."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from inbox.actions.facebook_pages import pauses
from inbox.actions.facebook_pages.pages import connect_page
from tests.bounds import eventually
from tests.cast import Cast
from tests.processes import Starter
from tests.stores import Database

KINDS = "SELECT kind, facebook_page_id FROM sync_jobs ORDER BY facebook_page_id"


def beat(app: Flask) -> None:
    with app.app_context():
        pauses.note_beat()


def silence(database: Database, seconds: float) -> None:
    database.rows("UPDATE clock_beats SET beat_at = now() - %s * interval '1 second'", seconds)


@pytest.fixture
def ticking(app: Flask, cast: Cast, database: Database) -> Flask:
    beat(app)
    assert database.rows(KINDS) == [], "the first beat ends no pause"
    return app


@pytest.mark.parametrize("seconds", [0, 20, 115])
def test_a_short_silence_is_none(ticking: Flask, database: Database, seconds: float) -> None:
    silence(database, seconds)
    beat(ticking)
    assert database.rows(KINDS) == []


def test_after_two_minutes_every_connected_page_is_synced(
    ticking: Flask, cast: Cast, database: Database
) -> None:
    silence(database, 121)
    beat(ticking)
    wanted = [(cast.page.id, "CHANGES"), (cast.other_page.id, "CHANGES")]
    assert [(row["facebook_page_id"], row["kind"]) for row in database.rows(KINDS)] == wanted
    beat(ticking)
    assert len(database.rows(KINDS)) == 2


def test_pages_without_a_connection_are_left_alone(
    ticking: Flask, cast: Cast, database: Database
) -> None:
    database.rows(
        "UPDATE facebook_pages SET token_failed_at = CASE WHEN id = %s THEN now() END,"
        " disconnected_at = CASE WHEN id = %s THEN now() END",
        cast.page.id,
        cast.other_page.id,
    )
    with ticking.app_context():
        third = connect_page(cast.organization, page_id="111", name="Third", token="a token")
    silence(database, 3600)
    beat(ticking)
    assert [row["facebook_page_id"] for row in database.rows(KINDS)] == [third.id]


def test_two_clocks_that_come_back_at_once_ask_once(
    ticking: Flask, cast: Cast, database: Database
) -> None:
    silence(database, 600)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: beat(ticking), range(2)))
    assert len(database.rows(KINDS)) == 2


def test_a_real_clock_that_starts_after_a_pause_asks_for_syncs(
    ticking: Flask, cast: Cast, database: Database, start: Starter
) -> None:
    silence(database, 300)
    start.clock()
    eventually(lambda: len(database.rows(KINDS)) == 2, 20)
