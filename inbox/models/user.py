"""People who sign in, and the one-time links that let them in."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, Select, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, created_at
from inbox.models.organization import Organization


class Role(StrEnum):
    ADMIN = "ADMIN"
    AGENT = "AGENT"


def normal_email(email: str) -> str:
    """As it is stored. In Python, because PostgreSQL's `lower` depends on its locale."""
    return email.strip().lower()


class User(Base):
    """`session_epoch` is part of each session and socket: raising it ends all of them at once."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email", func.lower(text("email")), unique=True),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(default=Role.AGENT)
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)

    # Flask-Login asks these of whoever signs in.
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def get_id(self) -> str:
        return str(self.id)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_invited(self) -> bool:
        """True until the person has chosen a password."""
        return self.password_hash is None

    @classmethod
    def has_email(cls, email: str) -> ColumnElement[bool]:
        """Upper and lower case are the same address."""
        return func.lower(cls.email) == normal_email(email)

    @classmethod
    def with_email(cls, email: str) -> Select[User]:
        return select(cls).where(cls.has_email(email))

    @classmethod
    def in_organization(cls, organization_id: int) -> Select[User]:
        return select(cls).where(cls.organization_id == organization_id).order_by(cls.name, cls.id)


class LinkPurpose(StrEnum):
    INVITE = "INVITE"
    RESET = "RESET"


class UserLink(Base):
    """A link that lets one person choose a password, once and before it expires. Only a hash of
    its token is stored."""

    __tablename__ = "user_links"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()

    user: Mapped[User] = relationship(foreign_keys=[user_id])

    @property
    def is_usable(self) -> bool:
        return self.used_at is None and self.expires_at > datetime.now(UTC)

    @classmethod
    def open_in(cls, organization_id: int) -> Select[UserLink]:
        return select(cls).where(
            cls.organization_id == organization_id,
            cls.used_at.is_(None),
            cls.expires_at > func.now(),
        )
