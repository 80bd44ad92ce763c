"""The sales board's shape: pipelines and their stages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inbox.models.base import Base, Versioned, created_at


class StageType(StrEnum):
    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


class Pipeline(Versioned, Base):
    """Its name is unique in the organization, upper and lower case alike. At most one is the
    default. `position` orders those of an organization."""

    __tablename__ = "pipelines"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),  # for the stages' foreign key
        Index("uq_pipelines_name", "organization_id", func.lower(text("name")), unique=True),
        Index(
            "uq_pipelines_default",
            "organization_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = created_at()

    stages: Mapped[list[PipelineStage]] = relationship(
        back_populates="pipeline",
        order_by="(PipelineStage.position, PipelineStage.id)",
        lazy="raise_on_sql",
        viewonly=True,
    )

    @classmethod
    def in_organization(cls, organization_id: int) -> Select[Pipeline]:
        rows = select(cls).where(cls.organization_id == organization_id)
        return rows.order_by(cls.position, cls.id)


class PipelineStage(Versioned, Base):
    """`description` is told to the AI. `colour` is "#rrggbb". Contacts point at organization,
    pipeline and stage together, so that none can stand in a stage of another's."""

    __tablename__ = "pipeline_stages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "pipeline_id"], ["pipelines.organization_id", "pipelines.id"]
        ),
        UniqueConstraint("organization_id", "pipeline_id", "id"),
        Index("uq_pipeline_stages_name", "pipeline_id", func.lower(text("name")), unique=True),
    )

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    pipeline_id: Mapped[int]
    name: Mapped[str]
    colour: Mapped[str] = mapped_column(server_default="#6c7a91")
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    type: Mapped[StageType] = mapped_column(server_default="OPEN")
    description: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = created_at()

    pipeline: Mapped[Pipeline] = relationship(
        back_populates="stages", lazy="raise_on_sql", viewonly=True
    )

    @classmethod
    def of_pipeline(cls, pipeline_id: int) -> Select[PipelineStage]:
        """In the order of the board."""
        return select(cls).where(cls.pipeline_id == pipeline_id).order_by(cls.position, cls.id)
