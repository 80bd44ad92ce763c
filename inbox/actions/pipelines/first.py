"""The pipeline that every organization begins with."""

from __future__ import annotations

from sqlalchemy import select

from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Organization, Pipeline, PipelineStage, StageType

NAME = "Sales"
STAGES = [
    ("New lead", "#4299e1", StageType.OPEN, "Wrote to us, and nobody has found out more yet."),
    ("Contacted", "#4263eb", StageType.OPEN, "We have answered, and they wrote back."),
    ("Qualified", "#ae3ec9", StageType.OPEN, "They need what we sell, and can decide to buy it."),
    ("Proposal", "#f76707", StageType.OPEN, "They have been told a price or an offer."),
    ("Won", "#2fb344", StageType.WON, "They have bought, booked or paid."),
    ("Lost", "#d63939", StageType.LOST, "They said no, or bought elsewhere."),
]


def default_pipeline(organization_id: int) -> Pipeline:
    """The organization's default, else its first one; made, with its stages, where there is
    none. May be called inside a transaction or outside of one."""
    return _default(organization_id) or _made(organization_id)


def _default(organization_id: int) -> Pipeline | None:
    rows = select(Pipeline).where(Pipeline.organization_id == organization_id)
    first = rows.order_by(Pipeline.is_default.desc(), Pipeline.position, Pipeline.id).limit(1)
    return db.session.scalars(first).one_or_none()


def _made(organization_id: int) -> Pipeline:
    with transaction() as session:
        # Two who are the first at once must not both make one.
        session.get_one(Organization, organization_id, with_for_update=True)
        rival = _default(organization_id)
        if rival is not None:
            return rival
        pipeline = Pipeline(organization_id=organization_id, name=NAME, is_default=True)
        session.add(pipeline)
        session.flush()
        session.add_all(
            PipelineStage(
                organization_id=organization_id,
                pipeline_id=pipeline.id,
                name=name,
                colour=colour,
                type=kind,
                description=description,
                position=position,
            )
            for position, (name, colour, kind, description) in enumerate(STAGES)
        )
        return pipeline
