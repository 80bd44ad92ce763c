"""Files that people send: where Meta keeps them, and our own copy."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at


class StoredFile(Base):
    """A file that we keep; `inbox/storage.py` knows where its bytes are. `mime_type` was found in
    them, never believed from outside."""

    __tablename__ = "stored_files"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    mime_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime] = created_at()


# The bytes, in parts of which each is small enough to be sent, read and thrown away: a whole video
# in one value took ten times its size of memory on its way in.
stored_file_parts = Table(
    "stored_file_parts",
    Base.metadata,
    Column("stored_file_id", ForeignKey(StoredFile.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)


class CopyState(StrEnum):
    """`NONE`: there is nothing to copy (a location, a template). `EXPIRED`: Meta no longer has it.
    `REFUSED`: not from Meta's hosts, too large, or of a type we do not keep."""

    NONE = "NONE"
    PENDING = "PENDING"
    STORED = "STORED"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


class Attachment(Base):
    """`type` is Meta's word (image, video, audio, file, sticker, share, story_mention, …) or
    `story_reply` for the story a message answers. `payload` is what Meta sent, without its URL."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        # The sweep for copies looks here.
        Index("ix_attachments_due", "copy_due_at", postgresql_where=text("copy_state = 'PENDING'")),
        # Who deletes a file asks which attachment has it.
        Index(
            "ix_attachments_file",
            "stored_file_id",
            postgresql_where=text("stored_file_id IS NOT NULL"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int] = mapped_column(Integer)
    type: Mapped[str]
    source_url: Mapped[str | None]
    name: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    copy_state: Mapped[CopyState] = mapped_column(server_default="PENDING")
    copy_due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    copy_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    copy_error: Mapped[str | None]
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime] = created_at()

    stored_file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
