"""The stages of a pipeline: what they are called, how they look, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from inbox.actions.pipelines import emptying
from inbox.actions.refusal import Refusal
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
        stages = _locked(pipeline)
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
        for key, value in given.items():
            if value is not None:
                setattr(stage, key, value)
        session.flush()
        tell(session.get_one(Pipeline, stage.pipeline_id))


def order(pipeline: Pipeline, stage_ids: Sequence[int]) -> None:
    """Raises `Refusal` where these are not exactly the pipeline's stages: somebody has added or
    deleted one meanwhile."""
    with transaction():
        stages = {stage.id: stage for stage in _locked(pipeline)}
        if sorted(stage_ids) != sorted(stages):
            raise Refusal("The stages have changed meanwhile. Reload the page.", field="stageIds")
        _number([stages[stage_id] for stage_id in stage_ids])
        tell(pipeline)


def delete(stage: PipelineStage, move_to: PipelineStage | None, *, by: User) -> bool:
    """Its contacts go to `move_to`, or off the board. False: more are left than go in one request;
    ask again. Raises `Refusal` for the last stage."""
    pipeline = db.session.get_one(Pipeline, stage.pipeline_id)
    if move_to is not None and move_to.id == stage.id:
        raise Refusal("Choose another stage for its contacts.", field="moveTo")
    if not emptying.empty([stage], move_to, by=by):
        return False

    def work() -> None:
        with transaction() as session:
            stages = _locked(pipeline)
            if [each.id for each in stages] == [stage.id]:
                raise Refusal("A pipeline needs a stage.")
            session.refresh(stage, with_for_update=True)
            emptying.empty([stage], move_to, by=by)  # who came in meanwhile
            outdate_proposals([stage])
            session.delete(stage)
            session.flush()
            tell(pipeline)

    retry_on_conflict(work)
    return True


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


@contextmanager
def unless_taken(index: str, what: str) -> Iterator[None]:
    """Raises `Refusal` where a name is not unique."""
    try:
        yield
    except IntegrityError as error:
        if index not in str(error.orig):
            raise
        raise Refusal(f"There is {what} of this name already.", field="name") from error


def _locked(pipeline: Pipeline) -> list[PipelineStage]:
    """Its stages, which nobody else may reorder until we are done."""
    db.session.refresh(pipeline, with_for_update={"key_share": True})
    rows = PipelineStage.of_pipeline(pipeline.id).execution_options(populate_existing=True)
    return list(db.session.scalars(rows))


def _number(stages: Sequence[PipelineStage]) -> None:
    for position, stage in enumerate(stages):
        if stage.position != position:
            stage.position = position
    db.session.flush()
