"""The person on one Page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, Versioned, created_at
from inbox.models.facebook_page import FacebookPage


class Contact(Versioned, Base):
    """`name` is null until Meta has told it; `display_name` is what people see.

    `profile_picture_url` is Meta's and expires; `profile_picture_file_id` is our copy, which is
    made or renewed when `picture_due_at` has come (`actions.files.copy_profile_picture` says so).
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("facebook_page_id", "messenger_psid"),
        UniqueConstraint("facebook_page_id", "instagram_sid"),
        # The sweep for profiles looks here, and finds nothing most of the time.
        Index(
            "ix_contacts_profile_due",
            "profile_due_at",
            postgresql_where=text("profile_due_at IS NOT NULL"),
        ),
        # The sweep for pictures looks here.
        Index(
            "ix_contacts_picture_due",
            "picture_due_at",
            postgresql_where=text("picture_due_at IS NOT NULL"),
        ),
        # Who deletes a file asks whose picture it is.
        Index(
            "ix_contacts_picture_file",
            "profile_picture_file_id",
            postgresql_where=text("profile_picture_file_id IS NOT NULL"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    facebook_page_id: Mapped[int] = mapped_column(ForeignKey("facebook_pages.id"))
    messenger_psid: Mapped[str | None]
    instagram_sid: Mapped[str | None]
    name: Mapped[str | None]
    username: Mapped[str | None]
    profile_picture_url: Mapped[str | None]
    profile_picture_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    picture_due_at: Mapped[datetime | None]
    picture_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    profile_due_at: Mapped[datetime | None] = mapped_column(server_default=text("now()"))
    profile_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    referral: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = created_at()

    facebook_page: Mapped[FacebookPage] = relationship()

    @property
    def display_name(self) -> str:
        """Meta's name, else the Instagram username, else "User 123456" from the last digits."""
        if self.name or self.username:
            return self.name or f"@{self.username}"
        return f"User {(self.messenger_psid or self.instagram_sid or '')[-6:]}"
