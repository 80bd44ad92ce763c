"""A connected Facebook Page, with its Instagram account if it has one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.organization import Organization


class Platform(StrEnum):
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"


class FacebookPage(Base):
    """`page_id` and `instagram_account_id` are Meta's. The access token is encrypted (see
    `inbox/meta/tokens.py`) and never leaves the server."""

    __tablename__ = "facebook_pages"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    page_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    instagram_account_id: Mapped[str | None] = mapped_column(unique=True)
    access_token_encrypted: Mapped[str | None]
    has_human_agent: Mapped[bool] = mapped_column(default=False)
    token_failed_at: Mapped[datetime | None]
    token_error: Mapped[str | None]
    last_synced_at: Mapped[datetime | None]
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

    @property
    def needs_reconnect(self) -> bool:
        """True once Meta has refused the token; nothing is sent until it is renewed."""
        return self.access_token_encrypted is None or self.token_failed_at is not None
