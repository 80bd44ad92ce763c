"""The person on one Page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    and_,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.analysis import LeadStatus
from inbox.models.base import Base, Versioned, created_at
from inbox.models.facebook_page import FacebookPage
from inbox.models.names import folded
from inbox.models.pipeline import PipelineStage


class Contact(Versioned, Base):
    """`name` is null until Meta has told it; `display_name` is what people see.

    `profile_picture_url` is Meta's and expires; `profile_picture_file_id` is our copy, which is
    made or renewed when `picture_due_at` has come (`actions.files.copy_profile_picture` says so).

    `email`, `phone` and `company` are people's; so is `name` once it is `name_by_hand`, and then
    Meta's no longer overwrites it. `is_pinned`: a person chose the stage, and AI never moves it.
    Score, status, `summary`, `analyzed_at` and `used_fallback` are those of the newest analysis;
    `analyzed_through_at` is the time of the last message that it, or an import before there were
    any, had seen. `last_interaction_at` follows the conversations within seconds (see
    `interaction_sweep`). `merged_into_id`: this one is now part of that; it has given up its ids at
    Meta and its stage, and no list shows it. `search_text` is kept by a trigger.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("facebook_page_id", "messenger_psid"),
        UniqueConstraint("facebook_page_id", "instagram_sid"),
        ForeignKeyConstraint(
            ["organization_id", "pipeline_id", "stage_id"],
            [
                "pipeline_stages.organization_id",
                "pipeline_stages.pipeline_id",
                "pipeline_stages.id",
            ],
        ),
        CheckConstraint(
            "(stage_id IS NULL) = (pipeline_id IS NULL)"
            " AND (stage_id IS NULL) = (stage_entered_at IS NULL)",
            name="stage",
        ),
        CheckConstraint("lead_score BETWEEN 0 AND 100", name="lead_score"),
        CheckConstraint(
            "merged_into_id IS NULL OR (merged_into_id <> id AND stage_id IS NULL"
            " AND messenger_psid IS NULL AND instagram_sid IS NULL)",
            name="merged",
        ),
        # A column of the board. Who is merged away stands in no stage.
        Index(
            "ix_contacts_board",
            "stage_id",
            text("stage_entered_at DESC"),
            text("id DESC"),
            postgresql_where=text("stage_id IS NOT NULL"),
        ),
        # The list. It holds all that a list is filtered by, so that a filter which few or none pass
        # reads this index and not the table.
        Index(
            "ix_contacts_list",
            "organization_id",
            text("last_interaction_at DESC"),
            text("id DESC"),
            postgresql_where=text("merged_into_id IS NULL"),
            postgresql_include=[
                "facebook_page_id",
                "messenger_psid",
                "instagram_sid",
                "pipeline_id",
                "stage_id",
                "lead_status",
                "lead_score",
                "analyzed_at",
                "used_fallback",
                "search_text",
            ],
        ),
        # The list by score, and a range of it.
        Index(
            "ix_contacts_score",
            "organization_id",
            text("lead_score DESC"),
            text("id DESC"),
            postgresql_where=text("merged_into_id IS NULL AND lead_score IS NOT NULL"),
        ),
        # Who is part of whom: the timeline of a kept contact, and undoing.
        Index(
            "ix_contacts_merged",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
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

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
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
    name_by_hand: Mapped[bool] = mapped_column(server_default=text("false"))
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(server_default="", deferred=True)
    pipeline_id: Mapped[int | None]
    stage_id: Mapped[int | None]
    stage_entered_at: Mapped[datetime | None]
    is_pinned: Mapped[bool] = mapped_column(server_default=text("false"))
    lead_score: Mapped[int | None] = mapped_column(Integer)
    lead_status: Mapped[LeadStatus | None]
    summary: Mapped[str | None]
    analyzed_at: Mapped[datetime | None]
    analyzed_through_at: Mapped[datetime | None]
    used_fallback: Mapped[bool] = mapped_column(server_default=text("false"))
    last_interaction_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_at: Mapped[datetime] = created_at()

    facebook_page: Mapped[FacebookPage] = relationship()
    stage: Mapped[PipelineStage | None] = relationship(
        primaryjoin="foreign(Contact.stage_id) == PipelineStage.id",
        lazy="raise_on_sql",
        viewonly=True,
    )

    @classmethod
    def matching(cls, search: str) -> ColumnElement[bool]:
        """Each word of `search` is part of a name, the e-mail address, the phone number or the
        company, in any order and any case (see `names`)."""
        words = [word.removeprefix("@") for word in folded(search).lower().split()]
        return and_(true(), *(cls.search_text.contains(word, autoescape=True) for word in words))

    @property
    def display_name(self) -> str:
        """Meta's name, else the Instagram username, else "User 123456" from the last digits."""
        if self.name or self.username:
            return self.name or f"@{self.username}"
        return f"User {(self.messenger_psid or self.instagram_sid or '')[-6:]}"
