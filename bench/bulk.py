"""The one writer of messages, beside a bare COPY of the same rows into the same tables with the
same indexes: what PostgreSQL itself takes for them."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import psycopg2
from flask import Flask

from bench.figures import Report, median, spread, verdict
from bench.payloads import PAGE_ID, TEXT, person
from bench.seed import Size
from bench.stage import Stage, settings_of
from inbox import create_app
from inbox.actions.incoming.bulk import Row, past_row, store_past
from inbox.config import Config
from inbox.extensions import db
from inbox.meta.deliveries.webhook_events import MessageArrived, Thread

PEOPLE, EACH = 1_000, 35
SLICE = 25  # threads of one statement, as a sync has them
ROUNDS = 3
CONTACTS = "organization_id, facebook_page_id, messenger_psid, name, profile_due_at"
CONVERSATIONS = (
    "organization_id, facebook_page_id, contact_id, platform, last_message_at,"
    " last_message_snippet, changed_xid"
)
MESSAGES = (
    "organization_id, facebook_page_id, conversation_id, mid, direction, content, sent_at,"
    " changed_xid"
)


def measure_writer(stage: Stage, report: Report) -> None:
    writer, copy = [], []
    for number in range(ROUNDS):
        rows = [_rows(n) for n in range(PEOPLE)]
        writer.append(_write(stage, f"writer_{number}", rows))
        copy.append(_copy(stage, f"copy_{number}"))
    share = median(writer) / median(copy)
    report.notes.append(
        f"the writer alone: {spread(writer)} messages/s, a bare COPY {spread(copy)}: {share:.0%}, "
        f"{verdict(share, least=0.5)}"
    )
    report.figures["writer"] = {"writer": writer, "copy": copy}


def _rows(number: int) -> list[Row]:
    """A thread of this person."""
    thread = Thread("FACEBOOK", PAGE_ID, person(1_000_000 + number))
    newest = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(minutes=number)
    messages = [
        MessageArrived(
            thread, f"m_{number:06d}_{n:04d}" + "x" * 80, "OUTGOING" if n % 2 else "INCOMING",
            TEXT, newest - timedelta(seconds=40 * n),
        )
        for n in range(EACH)
    ]  # fmt: skip
    return [past_row(m, name=f"Customer {number}", username=None, counts=False) for m in messages]


def _write(stage: Stage, name: str, threads: list[list[Row]]) -> float:
    """Messages a second."""
    url = stage.database(name, Size(conversations=0, messages_each=0, admins=1, agents=0))
    app: Flask = create_app(
        Config.from_environment(settings_of(stage.stores) | {"DATABASE_URL": url})
    )
    with app.app_context():
        slices = [list(chain(*threads[n : n + SLICE])) for n in range(0, len(threads), SLICE)]
        began = time.monotonic()
        stored = sum(len(store_past("HISTORY", rows).message_ids) for rows in slices)
        took = time.monotonic() - began
        db.engine.dispose()
    assert stored == PEOPLE * EACH
    return stored / took


def _copy(stage: Stage, name: str) -> float:
    """Messages a second, with their contacts and conversations."""
    url = stage.database(name, Size(conversations=0, messages_each=0, admins=1, agents=0))
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT organization_id, id FROM facebook_pages")
        own: tuple[Any, ...] = next(cursor)
        newest = datetime(2026, 11, 1, tzinfo=UTC)
        keys = range(1, PEOPLE + 1)
        contacts = _table((*own, person(n), f"Customer {n}", newest) for n in keys)
        threads = _table((*own, n, "FACEBOOK", newest, TEXT[:80], 0) for n in keys)
        messages = _table(
            (*own, n, f"m_{n:06d}_{i:04d}" + "x" * 80, "INCOMING", TEXT, newest, 0)
            for n in keys
            for i in range(EACH)
        )
        began = time.monotonic()
        for table, columns, rows in (
            ("contacts", CONTACTS, contacts),
            ("conversations", CONVERSATIONS, threads),
            ("messages", MESSAGES, messages),
        ):
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)", rows)
        connection.commit()
        took = time.monotonic() - began
    connection.close()
    return PEOPLE * EACH / took


def _table(rows: Any) -> io.StringIO:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    made.seek(0)
    return made
