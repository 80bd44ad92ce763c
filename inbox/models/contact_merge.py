"""One person, two contacts: pairs that look like it, and those that people have joined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.contact import Contact


class ContactMerge(Base):
    """`moved` says all that undoing it needs: what the kept contact was given, what it had before,
    and what was taken from the merged one. Of a contact that is merged away, one is not undone."""

    __tablename__ = "contact_merges"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="of_two"),
        Index(
            "uq_contact_merges_standing",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_contact_merges_kept", "kept_id", text("id DESC")),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    merged_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()


class MergeSuggestion(Base):
    """Two contacts of one Page, one known to Messenger only and one to Instagram only.
    `likeness` is 0 to 100; `reasons` are words for people. A dismissed pair keeps its row, so that
    it is never suggested again."""

    __tablename__ = "merge_suggestions"
    __table_args__ = (
        UniqueConstraint("messenger_contact_id", "instagram_contact_id"),
        CheckConstraint("likeness BETWEEN 0 AND 100", name="likeness"),
        Index(
            "ix_merge_suggestions_open",
            "organization_id",
            text("likeness DESC"),
            text("id DESC"),
            postgresql_where=text("dismissed_at IS NULL"),
        ),
        Index("ix_merge_suggestions_instagram", "instagram_contact_id"),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    messenger_contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    instagram_contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    likeness: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = created_at()

    messenger_contact: Mapped[Contact] = relationship(
        lazy="raise_on_sql", foreign_keys=[messenger_contact_id]
    )
    instagram_contact: Mapped[Contact] = relationship(
        lazy="raise_on_sql", foreign_keys=[instagram_contact_id]
    )
