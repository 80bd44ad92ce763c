"""The stages of a pipeline: what they are called, how they look, in which order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from inbox.actions.pipelines import emptying
from inbox.actions.refusal import Conflict, Refusal
from inbox.actions.taken import unless_taken
from inbox.db import retry_on_conflict, transaction
from inbox.events import Audience, PipelineUpdated
from inbox.extensions import db
from inbox.models import MoveStatus, Pipeline, PipelineStage, StageMove, StageType, User
from inbox.realtime import publish

MOST_STAGES = 30


def add(
    pipeline: Pipeline, *, name: str, colour: str, kind: StageType, description: str
) -> PipelineStage:
    """At the end, before the stages of those who are won and lost. Raises `Refusal` for a name that
    is taken."""
    with unless_taken("uq_pipeline_stages_name", "a stage"), transaction() as session:
        stages = locked_stages(pipeline)
        if len(stages) >= MOST_STAGES:
            raise Refusal(f"{MOST_STAGES} stages are the most.")
        stage = PipelineStage(
            organization_id=pipeline.organization_id,
            pipeline_id=pipeline.id,
            name=name,
            colour=colour,
            type=kind,
            description=description,
        )
        session.add(stage)
        session.flush()
        ends = 0
        if kind == StageType.OPEN:
            ends = sum(1 for each in stages if each.type != StageType.OPEN)
        _number([*stages[: len(stages) - ends], stage, *stages[len(stages) - ends :]])
        tell(pipeline)
    return stage


def change(
    stage: PipelineStage,
    *,
    name: str | None = None,
    colour: str | None = None,
    kind: StageType | None = None,
    description: str | None = None,
) -> None:
    """What is None stays. Raises `Refusal` for a name that is taken."""
    given = {"name": name, "colour": colour, "type": kind, "description": description}
    with unless_taken("uq_pipeline_stages_name", "a stage"), transaction() as session:
        lock(stage)
        for key, value in given.items():
            if value is not None:
                setattr(stage, key, value)
        session.flush()
        tell(session.get_one(Pipeline, stage.pipeline_id))


def order(pipeline: Pipeline, stage_ids: Sequence[int]) -> None:
    """Raises `Refusal` where these are not exactly the pipeline's stages: somebody has added or
    deleted one meanwhile."""
    with transaction():
        stages = {stage.id: stage for stage in locked_stages(pipeline)}
        if sorted(stage_ids) != sorted(stages):
            raise Refusal("The stages have changed meanwhile. Reload the page.", field="stageIds")
        _number([stages[stage_id] for stage_id in stage_ids])
        tell(pipeline)


def delete(stage: PipelineStage, move_to: PipelineStage | None, *, by: User) -> bool:
    """Its contacts go to `move_to`, or off the board. False: more are left than go in one request;
    ask again. Raises `Refusal` for the last stage, and where `move_to` is gone. Who deletes it as
    the second is told that it is done, too."""
    pipeline = db.session.get_one(Pipeline, stage.pipeline_id)
    if move_to is not None and move_to.id == stage.id:
        raise Refusal("Choose another stage for its contacts.", field="moveTo")
    if not emptying.empty([stage], move_to, by=by):
        return False

    def work() -> bool:
        with transaction() as session:
            stages = locked_stages(pipeline)
            if [each.id for each in stages] == [stage.id]:
                raise Refusal("A pipeline needs a stage.")
            if stage.id not in {each.id for each in stages}:
                return True
            lock(stage, to_delete=True)
            if not emptying.empty([stage], move_to, by=by):  # who came in meanwhile
                return False
            outdate_proposals([stage])
            session.delete(stage)
            session.flush()
            tell(pipeline)
        return True

    return retry_on_conflict(work)


def outdate_proposals(stages: Sequence[PipelineStage]) -> None:
    """Nobody can move there any more."""
    db.session.execute(
        update(StageMove)
        .where(
            StageMove.to_stage_id.in_([stage.id for stage in stages]),
            StageMove.status == MoveStatus.WAITING,
        )
        .values(status=MoveStatus.OUTDATED, decided_at=func.now())
    )


def tell(pipeline: Pipeline) -> None:
    """Whoever looks at it fetches it anew."""
    people = select(User.id).where(
        User.organization_id == pipeline.organization_id, User.is_active, User.role == "AGENT"
    )
    event = PipelineUpdated(pipeline.id)
    publish(event, to=Audience(pipeline.organization_id))
    for user_id in db.session.scalars(people):
        publish(event, to=Audience(user_id=user_id))


def lock(row: Pipeline | PipelineStage, *, to_delete: bool = False) -> None:
    """Within a transaction, and reads it anew. Raises `Conflict` for one that is gone."""
    found = select(type(row)).where(type(row).id == row.id)
    found = found.with_for_update(key_share=not to_delete)
    if db.session.scalar(found.execution_options(populate_existing=True)) is None:
        what = "pipeline" if isinstance(row, Pipeline) else "stage"
        raise Conflict(f"This {what} has just been deleted.")


def locked_stages(pipeline: Pipeline, *, to_delete: bool = False) -> list[PipelineStage]:
    """Those of a pipeline, which nobody else may reorder until we are done; `to_delete`: all of it
    goes, and nobody may enter them either."""
    lock(pipeline, to_delete=to_delete)
    rows = PipelineStage.of_pipeline(pipeline.id).execution_options(populate_existing=True)
    return list(db.session.scalars(rows.with_for_update() if to_delete else rows))


def _number(stages: Sequence[PipelineStage]) -> None:
    for position, stage in enumerate(stages):
        if stage.position != position:
            stage.position = position
    db.session.flush()
