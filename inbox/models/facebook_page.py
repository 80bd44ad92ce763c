"""A connected Facebook Page, with its Instagram account if it has one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Integer, Select, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.organization import Organization


class Platform(StrEnum):
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"


class PipelineMode(StrEnum):
    """Whom an auto-pipeline files: only contacts that stand in none, or all of them anew."""

    SKIP_EXISTING = "SKIP_EXISTING"
    UPDATE_EXISTING = "UPDATE_EXISTING"


class FacebookPage(Base):
    """`page_id` and `instagram_account_id` are Meta's. The access token is encrypted (see
    `inbox/meta/access/tokens.py`) and never leaves the server.

    `sync_interval` is in minutes. `last_synced_at` is when a sync was last completed,
    `synced_until` when that one began: the next one takes what changed since then.
    `disconnected_at`: nothing is sent or fetched any more, the data stay. `connected_at` is when
    the token came, `connected_by_meta_user_id` Meta's name (for this app) of who gave it.
    `subscribed_at`: since when Meta delivers to us. The two `…_check_due_at` pace the clock.
    """

    __tablename__ = "facebook_pages"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    page_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    instagram_account_id: Mapped[str | None] = mapped_column(unique=True)
    access_token_encrypted: Mapped[str | None]
    has_human_agent: Mapped[bool] = mapped_column(default=False)
    token_failed_at: Mapped[datetime | None]
    token_error: Mapped[str | None]
    connected_at: Mapped[datetime | None]
    connected_by_meta_user_id: Mapped[str | None] = mapped_column(index=True)
    token_checked_at: Mapped[datetime | None]
    token_check_due_at: Mapped[datetime] = mapped_column(
        server_default=text("now() + interval '1 day'")
    )
    token_expires_at: Mapped[datetime | None]
    data_access_expires_at: Mapped[datetime | None]
    missing_scopes: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    subscribed_at: Mapped[datetime | None]
    subscription_check_due_at: Mapped[datetime] = mapped_column(
        server_default=text("now() + interval '1 hour'")
    )
    disconnected_at: Mapped[datetime | None]
    auto_sync: Mapped[bool] = mapped_column(server_default=text("false"))
    sync_interval: Mapped[int] = mapped_column(Integer, server_default=text("60"))
    auto_pipeline_id: Mapped[int | None] = mapped_column(
        ForeignKey("pipelines.id", ondelete="SET NULL")
    )
    auto_pipeline_mode: Mapped[PipelineMode] = mapped_column(server_default="SKIP_EXISTING")
    last_synced_at: Mapped[datetime | None]
    synced_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    organization: Mapped[Organization] = relationship()

    @classmethod
    def is_account(cls, platform: str, account_id: str) -> ColumnElement[bool]:
        """The page with this Meta id: a Page id, or an Instagram account id."""
        own = cls.page_id if platform == Platform.FACEBOOK else cls.instagram_account_id
        return own == account_id

    @classmethod
    def of_account(cls, platform: str, account_id: str) -> Select[FacebookPage]:
        return select(cls).where(cls.is_account(platform, account_id))

    @classmethod
    def connected(cls) -> ColumnElement[bool]:
        """Those in whose name we may act at Meta."""
        return (
            cls.access_token_encrypted.is_not(None)
            & cls.token_failed_at.is_(None)
            & cls.disconnected_at.is_(None)
        )

    @property
    def needs_reconnect(self) -> bool:
        """True once Meta has refused the token; nothing is sent until it is renewed."""
        return self.access_token_encrypted is None or self.token_failed_at is not None
