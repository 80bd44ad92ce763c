"""A login at Facebook that is under way, and what people asked Meta to delete."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class FacebookLogin(Base):
    """From the button "Connect" to the choice of Pages: ten minutes at the most, in one browser of
    one admin, once.

    `state_hash` is of the word that goes to Facebook and comes back, `browser_hash` of one that
    this browser's session holds. `facebook_page_id` is set when one Page is to be reconnected. The
    person's own token waits here, encrypted, until Pages are chosen; browsers never see it.
    """

    __tablename__ = "facebook_logins"
    __table_args__ = (Index("ix_facebook_logins_expires_at", "expires_at"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    facebook_page_id: Mapped[int | None] = mapped_column(ForeignKey("facebook_pages.id"))
    state_hash: Mapped[str] = mapped_column(unique=True)
    browser_hash: Mapped[str]
    returned_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    meta_user_id: Mapped[str | None]
    user_token_encrypted: Mapped[str | None]
    declined_scopes: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    created_at: Mapped[datetime] = created_at()


class DataDeletion(Base):
    """What was deleted when somebody asked Meta for it. Nothing here says who it was."""

    __tablename__ = "data_deletions"

    code: Mapped[str] = mapped_column(unique=True)
    pages: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = created_at()
