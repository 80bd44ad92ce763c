"""Pipelines come, change and go."""

from __future__ import annotations

from sqlalchemy import func, select, update

from inbox.actions.pipelines import emptying
from inbox.actions.pipelines.stages import outdate_proposals, tell, unless_taken
from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Pipeline, PipelineStage, StageType, User

MOST_PIPELINES = 50
FIRST_STAGES = [
    ("New", "#4299e1", StageType.OPEN),
    ("Won", "#2fb344", StageType.WON),
    ("Lost", "#d63939", StageType.LOST),
]


def create(name: str, *, by: User) -> Pipeline:
    """With three stages to begin with. Raises `Refusal` for a name that is taken."""
    with unless_taken("uq_pipelines_name", "a pipeline"), transaction() as session:
        own = select(func.count(), func.max(Pipeline.position)).where(
            Pipeline.organization_id == by.organization_id
        )
        number, last = session.execute(own).one()
        if number >= MOST_PIPELINES:
            raise Refusal(f"{MOST_PIPELINES} pipelines are the most.")
        pipeline = Pipeline(
            organization_id=by.organization_id,
            name=name,
            position=0 if last is None else last + 1,
            is_default=number == 0,
        )
        session.add(pipeline)
        session.flush()
        session.add_all(
            PipelineStage(
                organization_id=by.organization_id,
                pipeline_id=pipeline.id,
                name=stage,
                colour=colour,
                type=kind,
                position=position,
            )
            for position, (stage, colour, kind) in enumerate(FIRST_STAGES)
        )
        tell(pipeline)
    return pipeline


def change(pipeline: Pipeline, *, name: str | None = None, is_default: bool = False) -> None:
    """A new name, or to be the organization's default instead of the present one. Raises `Refusal`
    for a name that is taken."""
    with unless_taken("uq_pipelines_name", "a pipeline"), transaction() as session:
        if is_default:
            session.execute(
                update(Pipeline)
                .where(
                    Pipeline.organization_id == pipeline.organization_id,
                    Pipeline.is_default,
                    Pipeline.id != pipeline.id,
                )
                .values(is_default=False)
            )
            pipeline.is_default = True
        if name is not None:
            pipeline.name = name
        session.flush()
        tell(pipeline)


def delete(pipeline: Pipeline, move_to: PipelineStage | None, *, by: User) -> bool:
    """Its contacts go to `move_to`, a stage of another one, or off the board. False: more are left
    than go in one request; ask again. Raises `Refusal` for the last pipeline."""
    others = select(Pipeline).where(
        Pipeline.organization_id == pipeline.organization_id, Pipeline.id != pipeline.id
    )
    if db.session.scalars(others.limit(1)).first() is None:
        raise Refusal("This is the only pipeline. Make another one first.")
    if not emptying.empty(_stages(pipeline), move_to, by=by):
        return False
    with transaction() as session:
        session.refresh(pipeline, with_for_update=True)
        stages = list(session.scalars(PipelineStage.of_pipeline(pipeline.id).with_for_update()))
        emptying.empty(stages, move_to, by=by)  # who came in meanwhile
        outdate_proposals(stages)
        for stage in stages:
            session.delete(stage)
        session.flush()
        was_default = pipeline.is_default
        session.delete(pipeline)
        session.flush()
        heir = session.scalars(others.order_by(Pipeline.position, Pipeline.id)).first()
        if was_default and heir is not None:
            heir.is_default = True
        tell(pipeline)
    return True


def _stages(pipeline: Pipeline) -> list[PipelineStage]:
    return list(db.session.scalars(PipelineStage.of_pipeline(pipeline.id)))
