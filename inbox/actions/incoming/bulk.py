"""The one writer of messages: one statement, for one message or a thousand (`ingest.sql`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from psycopg2 import Binary
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from inbox.actions.incoming.setting_aside import blames_data, refused
from inbox.actions.incoming.snippets import snippet_of
from inbox.db import autocommit, retry_on_conflict, retry_on_stale
from inbox.meta.deliveries.webhook import Item, Unreadable
from inbox.meta.deliveries.webhook_events import MessageArrived

log = logging.getLogger(__name__)

STATEMENT = (Path(__file__).parent / "ingest.sql").read_text()
FEW = 25  # messages; more of them are joined by hashes
MOST_RUNS = 10  # each run stores at least what its rivals have finished

# The plan is made at the first run and kept, also that of the checks of foreign keys. A table that
# is empty then would for ever be read as a whole, whatever an import brings into it.
PLAN_FOR_LATER = "SELECT set_config('enable_seqscan', 'off', false)"
# The planner cannot know how many messages the JSON holds. It takes them for one, and would compare
# each with each.
PLAN_FOR_MANY = (
    f"{PLAN_FOR_LATER}, set_config('enable_nestloop', 'off', false),"
    " set_config('enable_mergejoin', 'off', false)"
)
RESET_PLANS = "RESET enable_seqscan; RESET enable_nestloop; RESET enable_mergejoin"

Pair = tuple[MessageArrived, Item]
Journal = Sequence[tuple[str | None, bytes]]  # the objects and raw bodies of deliveries
Row = dict[str, Any]  # one message, with those of the keys that ingest.sql names
Mode = Literal["LIVE", "HISTORY", "REPAIR"]


@dataclass
class Stored:
    """What one delivery brought. `fetch_job_ids` are those of live new contacts, `awaited_ids`
    messages for which events came early, `late_ids` those whose thread has newer ones already."""

    message_ids: list[int] = field(default_factory=list)
    new_contacts: int = 0
    fetch_job_ids: list[int] = field(default_factory=list)
    awaited_ids: list[int] = field(default_factory=list)
    late_ids: list[int] = field(default_factory=list)
    refused: list[Unreadable] = field(default_factory=list)

    def add(self, other: Stored) -> None:
        self.message_ids += other.message_ids
        self.new_contacts += other.new_contacts
        self.fetch_job_ids += other.fetch_job_ids
        self.awaited_ids += other.awaited_ids
        self.late_ids += other.late_ids
        self.refused += other.refused


def store_messages(journal: Journal, pairs: Sequence[Pair]) -> Stored:
    """Stores live messages and (when given) the raw deliveries they came in.

    Raises `OperationalError` when the database is away; a message that PostgreSQL refuses is set
    aside and the others are stored.
    """
    if not pairs and not journal:
        return Stored()
    rows = [_live_row(event) for event, _ in pairs]
    try:
        return retry_on_stale(lambda: _run("LIVE", journal, rows))
    except DBAPIError as error:
        if not pairs or not blames_data(error):
            raise
        if len(pairs) == 1 and not journal:
            return Stored(refused=[refused(*pairs[0], error)])
    stored = _run("LIVE", journal, []) if journal else Stored()
    middle = (len(pairs) + 1) // 2
    for half in (pairs[:middle], pairs[middle:]):
        stored.add(store_messages((), half))
    return stored


def store_past(mode: Mode, rows: Sequence[Row]) -> Stored:
    """Stores messages that a sync has read (rows from `past_row`). One that PostgreSQL refuses is
    left out; nobody could replay it."""
    if not rows:
        return Stored()
    try:
        return _run(mode, (), rows)
    except DBAPIError as error:
        if not blames_data(error):
            raise
        if len(rows) == 1:
            log.warning("A message of the past cannot be stored: %s", error.orig)
            return Stored()
    middle = len(rows) // 2
    stored = store_past(mode, rows[:middle])
    stored.add(store_past(mode, rows[middle:]))
    return stored


def past_row(event: MessageArrived, *, name: str | None, username: str | None, counts: bool) -> Row:
    """`counts`: unread, should the message turn out to fill a hole."""
    more = {"reactions": list(event.reactions), "name": name, "username": username}
    return _row(event, counts) | {key: value for key, value in more.items() if value}


def _live_row(event: MessageArrived) -> Row:
    return _row(event, event.direction == "INCOMING" and event.kind == "MESSAGE")


def _run(mode: Mode, journal: Journal, rows: Sequence[Row]) -> Stored:
    encoded = json.dumps([row | {"n": n} for n, row in enumerate(rows)])
    stored = Stored()
    with autocommit() as connection:
        for _ in range(MOST_RUNS):
            objects, bodies = [kind for kind, _ in journal], [Binary(body) for _, body in journal]
            given = (objects, bodies, encoded, mode)
            found = retry_on_conflict(partial(_execute, connection, given, len(rows)))
            stored.message_ids += found.message_ids or []
            stored.awaited_ids += found.awaited_ids or []
            stored.late_ids += found.late_ids or []
            stored.new_contacts += found.new_contacts
            stored.fetch_job_ids += found.fetch_job_ids or []
            if found.conversations >= found.threads:
                return stored
            journal = ()  # it is written down by now
    raise AssertionError("rivals finish: no statement can miss them ten times")


def _execute(connection: Connection, given: tuple[Any, ...], size: int) -> Any:
    name = "ingest_few" if size <= FEW else "ingest_many"
    is_new = name not in connection.info
    if is_new:  # planning it anew would cost more than running it
        connection.exec_driver_sql(f"PREPARE {name} (text[], bytea[], json, text) AS {STATEMENT}")
        connection.info[name] = True
    execute = f"EXECUTE {name} (%s, %s, %s, %s)"
    if size <= FEW and not is_new:
        return connection.exec_driver_sql(execute, given).one()
    connection.exec_driver_sql(PLAN_FOR_MANY if size > FEW else PLAN_FOR_LATER)
    try:
        return connection.exec_driver_sql(execute, given).one()
    finally:
        if not connection.invalidated:  # else another error would hide that the database is gone
            connection.exec_driver_sql(RESET_PLANS)


def _row(event: MessageArrived, counts: bool) -> Row:
    """Without what it has not: most messages are but a text, and each byte is parsed."""
    row = {
        "platform": event.thread.platform,
        "account": event.thread.account_id,
        "person": event.thread.person_id,
        "mid": event.mid,
        "direction": event.direction,
        "kind": event.kind,
        "content": event.content,
        "snippet": snippet_of(event),
        "at": event.sent_at.isoformat(),
        "counts": counts,
    }
    if event.reply_to_mid is not None:
        row["reply_to_mid"] = event.reply_to_mid
    if event.extra:
        row["extra"] = event.extra
    if event.files:
        row["files"] = [
            {"position": position, "type": file.type, "url": file.url, "name": file.name,
             "payload": file.payload}
            for position, file in enumerate(event.files)
        ]  # fmt: skip
    return row
