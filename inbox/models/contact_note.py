"""What people write down about a contact; the contact never sees it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.user import User


class ContactNote(Base):
    """`edited_at` is null until its text has been changed."""

    __tablename__ = "contact_notes"
    __table_args__ = (Index("ix_contact_notes_contact", "contact_id", text("id DESC")),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    edited_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    author: Mapped[User] = relationship(lazy="raise_on_sql")
