"""Words that people put on contacts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from inbox.models.base import Base, created_at


class Tag(Base):
    """Unique in the organization, upper and lower case alike. `colour` is "#rrggbb"."""

    __tablename__ = "tags"
    __table_args__ = (
        Index("uq_tags_name", "organization_id", func.lower(text("name")), unique=True),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    colour: Mapped[str] = mapped_column(server_default="#6c7a91")
    created_at: Mapped[datetime] = created_at()

    @classmethod
    def in_organization(cls, organization_id: int) -> Select[Tag]:
        rows = select(cls).where(cls.organization_id == organization_id)
        return rows.order_by(func.lower(cls.name))


class ContactTag(Base):
    """One tag on one contact; it goes with the tag."""

    __tablename__ = "contact_tags"
    __table_args__ = (
        UniqueConstraint("contact_id", "tag_id"),
        Index("ix_contact_tags_tag", "tag_id", "contact_id"),
    )

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = created_at()
