"""The raw deliveries: all of them, for seven days."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.actions import pruning
from inbox.actions.pruning import prune_deliveries
from inbox.simulator.signature import wire_text
from tests.bounds import eventually
from tests.cast import Cast
from tests.processes import Starter
from tests.stores import Database
from tests.webhooks.wire import Door, Line
from workers.clock import PERIODIC


def deliveries(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM webhook_deliveries"))


def test_each_delivery_is_journalled_as_it_came_also_when_it_comes_twice(
    door: Door, line: Line, database: Database
) -> None:
    body = wire_text(line.delivery(line.text("https://example.test/ ä")))
    for _ in range(2):
        door.takes(body)
    rows = database.rows("SELECT * FROM webhook_deliveries ORDER BY id")
    assert [(row["object"], bytes(row["body"])) for row in rows] == [(line.object, body)] * 2


def age(database: Database, rows: int, interval: str) -> None:
    database.rows(
        "INSERT INTO webhook_deliveries (object, body, received_at)"
        f" SELECT 'page', '{{}}', now() - interval '{interval}' FROM generate_series(1, {rows})"
    )


def test_a_delivery_is_forgotten_after_seven_days_and_not_before(
    app: Flask, database: Database
) -> None:
    age(database, 3, "7 days 1 minute")
    age(database, 2, "6 days 23 hours")
    with app.app_context():
        prune_deliveries()
    assert deliveries(database) == 2


@pytest.mark.parametrize("rows", [pruning.BATCH, 2 * pruning.BATCH + 1])
def test_many_are_forgotten_batch_by_batch(rows: int, app: Flask, database: Database) -> None:
    age(database, rows, "8 days")
    age(database, 1, "1 day")
    with app.app_context():
        prune_deliveries()
        prune_deliveries()  # on a slow machine the first one stops after half a second
    assert deliveries(database) == 1


def test_what_another_clock_deletes_at_this_moment_is_left_to_it(
    app: Flask, database: Database
) -> None:
    age(database, 2, "8 days")
    other = Database(database.url)
    other.connection.autocommit = False
    other.rows("SELECT id FROM webhook_deliveries ORDER BY id LIMIT 1 FOR UPDATE")
    with app.app_context():
        prune_deliveries()
    assert deliveries(database) == 1
    other.connection.close()


def test_the_clock_prunes_and_sweeps(start: Starter, cast: Cast, database: Database) -> None:
    age(database, 1, "8 days")
    start.clock()
    eventually(lambda: deliveries(database) == 0)
    actions = {periodic.action.rpartition(".")[2] for periodic in PERIODIC}
    assert {"prune_deliveries", "sweep_early_events", "prune_early_events"} <= actions
