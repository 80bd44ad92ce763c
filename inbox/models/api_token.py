"""Tokens with which programs act for a user."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.user import User


class ApiToken(Base):
    """Only a hash is stored; `hint` is the token's first characters, so that its owner can tell
    one from another."""

    __tablename__ = "api_tokens"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def active_with_hash(cls, token_hash: str) -> Select[ApiToken]:
        """The live token of an active user, if there is one."""
        return (
            select(cls)
            .join(User, User.id == cls.user_id)
            .where(cls.token_hash == token_hash, cls.revoked_at.is_(None), User.is_active)
        )

    @classmethod
    def active_of(cls, user: User) -> Select[ApiToken]:
        """A person's own tokens, the newest first."""
        own = select(cls).where(cls.user_id == user.id, cls.revoked_at.is_(None))
        return own.order_by(cls.id.desc())
