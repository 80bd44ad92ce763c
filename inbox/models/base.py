"""What all tables share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum, FetchedValue, Identity, Integer, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from inbox.extensions import metadata as inbox_metadata


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id, as an integer.

    It says *that* a row changed since a snapshot, never in which order: an xid can go back on one
    row. Order is `version`.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"

    def bind_processor(self, _dialect: Any) -> Any:
        return lambda value: None if value is None else str(value)

    def result_processor(self, _dialect: Any, _coltype: Any) -> Any:
        return lambda value: None if value is None else int(value)


class Base(DeclarativeBase):
    """Each table has its own key; Meta's ids are never keys."""

    metadata = inbox_metadata
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        datetime: DateTime(timezone=True),
        int: BigInteger,
        # Words, not PostgreSQL enums: a new word needs no migration.
        StrEnum: Enum(StrEnum, native_enum=False, length=20),
    }

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True, sort_order=-10)


class Versioned:
    """A row that browsers keep a copy of.

    `version` is raised in SQL with each change: a browser drops a lower one than it has.
    `changed_xid` is the transaction that last changed the row: `/api/changes` finds it by that.
    """

    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's own form

    version: Mapped[int] = mapped_column(
        Integer, server_default=text("1"), onupdate=text("version + 1"), sort_order=90
    )
    changed_xid: Mapped[int] = mapped_column(
        Xid8,
        FetchedValue(),
        server_default=text("pg_current_xact_id()"),
        onupdate=text("pg_current_xact_id()"),
        sort_order=91,
    )


def created_at() -> Mapped[datetime]:
    """The column for when we made the row, by the database's clock."""
    return mapped_column(DateTime(timezone=True), server_default=func.now(), sort_order=80)
