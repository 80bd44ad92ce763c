"""Pipelines come, change and go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Select, func, select, update

from inbox.actions.pipelines import emptying
from inbox.actions.pipelines.stages import lock, locked_stages, outdate_proposals, tell
from inbox.actions.refusal import Conflict, Refusal
from inbox.actions.taken import unless, unless_taken
from inbox.db import retry_on_conflict, transaction
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
    with _unless_rivals(), transaction() as session:
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
    for a name that is taken, and where somebody else makes another one the default meanwhile."""
    with _unless_rivals(), transaction() as session:
        lock(pipeline)
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
    than go in one request; ask again. Raises `Refusal` for the last pipeline, and where either is
    gone."""
    others = select(Pipeline).where(
        Pipeline.organization_id == pipeline.organization_id, Pipeline.id != pipeline.id
    )
    if db.session.scalars(others.limit(1)).first() is None:
        raise Refusal("This is the only pipeline. Make another one first.")
    if not emptying.empty(_stages(pipeline), move_to, by=by):
        return False
    return retry_on_conflict(lambda: _delete(pipeline, move_to, others, by))


def _delete(
    pipeline: Pipeline, move_to: PipelineStage | None, others: Select[Pipeline], by: User
) -> bool:
    with _unless_rivals(), transaction() as session:
        stages = locked_stages(pipeline, to_delete=True)
        if not emptying.empty(stages, move_to, by=by):  # who came in meanwhile
            return False
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
            session.flush()
        tell(pipeline)
    return True


@contextmanager
def _unless_rivals() -> Iterator[None]:
    """Raises `Refusal` for a name that is taken, or a default that is another one by now."""
    rival = Conflict("Another pipeline has just been made the default.", field="isDefault")
    with unless("uq_pipelines_default", rival), unless_taken("uq_pipelines_name", "a pipeline"):
        yield


def _stages(pipeline: Pipeline) -> list[PipelineStage]:
    return list(db.session.scalars(PipelineStage.of_pipeline(pipeline.id)))
