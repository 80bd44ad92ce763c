"""A clock with one action, of which the database shows how often it ran."""

from __future__ import annotations

from sqlalchemy import text

from inbox.db import transaction
from workers.clock import Periodic, main


def note() -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO organizations (name) VALUES ('tick')"))


def fail() -> None:
    raise RuntimeError("this action always fails")


TABLE = (Periodic("tests.runtime.ticking.fail", 0.2), Periodic("tests.runtime.ticking.note", 0.2))

if __name__ == "__main__":
    raise SystemExit(main(TABLE))
