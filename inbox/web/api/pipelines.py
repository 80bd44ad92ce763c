"""Pipelines: their shape, and what stands on the board of one."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox.actions.pipelines import emptying, shaping, stages
from inbox.actions.pipelines.first import default_pipeline
from inbox.models import Pipeline, PipelineStage, User, board
from inbox.shapes.moments import Shape
from inbox.shapes.pipelines import card
from inbox.shapes.pipelines import pipeline as shape
from inbox.web import access, board_columns
from inbox.web.api import parameters
from inbox.web.board import pipelines_of
from inbox.web.errors import Invalid
from inbox.web.forms import Form, submitted
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_pipelines", __name__, url_prefix="/api/pipelines")

MOST_NAME = 60
MOST_CARDS = 100


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """`{items}`: each with its stages, in their order. The first one is made if there is none."""
    user = signed_in_user()
    default_pipeline(user.organization_id)
    return {"items": [shape(row) for row in pipelines_of(user)], "nextCursor": None}


@blueprint.post("")
@admin_required
def create() -> ResponseReturnValue:
    """`{name}` → 201, the pipeline, with three stages to begin with."""
    with submitted() as form:
        name = form.text("name", most=MOST_NAME)
    made = shaping.create(name, by=signed_in_user())
    return _shape(made.id, signed_in_user()), 201


@blueprint.get("/<pipeline_id>")
@login_required
def show(pipeline_id: str) -> ResponseReturnValue:
    return shape(access.pipeline(pipeline_id, user=signed_in_user()))


@blueprint.patch("/<pipeline_id>")
@admin_required
def change(pipeline_id: str) -> ResponseReturnValue:
    """`{name?, isDefault?: true, stageIds?}` → the pipeline; `stageIds` are all of its stages in
    their new order."""
    user = signed_in_user()
    row = access.pipeline(pipeline_id, user=user)
    body = parameters.json_object()
    form = Form({key: value for key, value in body.items() if key not in ("isDefault", "stageIds")})
    name = form.text("name", most=MOST_NAME) if "name" in body else None
    if body.get("isDefault", True) is not True:
        form.faults["isDefault"] = "Make another one the default instead."
    order = _ids(body["stageIds"], form.faults) if "stageIds" in body else None
    form.close()
    if name is not None or "isDefault" in body:
        shaping.change(row, name=name, is_default="isDefault" in body)
    if order is not None:
        stages.order(row, order)
    return _shape(row.id, user)


@blueprint.delete("/<pipeline_id>")
@admin_required
def delete(pipeline_id: str) -> ResponseReturnValue:
    """`?moveTo=` says where its contacts go: the id of a stage of another pipeline, or "none" for
    off the board. 422 without it while somebody stands in it. `{success}`: false with 202 where
    more are left than go in one request; ask again."""
    user = signed_in_user()
    row = access.pipeline(pipeline_id, user=user)
    move_to = destination(list(row.stages), user)
    success = shaping.delete(row, move_to, by=user)
    return {"success": success}, 200 if success else 202


@blueprint.get("/<pipeline_id>/board")
@login_required
def whole_board(pipeline_id: str) -> ResponseReturnValue:
    """`{columns, waiting}`: each stage with `count`, `cards` and `nextCursor`."""
    user = signed_in_user()
    row = access.pipeline(pipeline_id, user=user)
    waiting = board_columns.tally(row, user)["waiting"]
    return {"columns": board_columns.columns(row, user), "waiting": waiting}


@blueprint.get("/<pipeline_id>/cards")
@login_required
def some_cards(pipeline_id: str) -> ResponseReturnValue:
    """`{items, counts, waiting}`: the cards of `?ids=1,2,3` (100 at the most) that whoever asks may
    see, wherever they stand, and how many contacts each stage has."""
    user = signed_in_user()
    row = access.pipeline(pipeline_id, user=user)
    raw = [part for part in request.args.get("ids", "").split(",") if part]
    ids = [int(part) for part in raw if part.isascii() and part.isdigit() and len(part) < 19]
    if len(ids) != len(raw) or len(ids) > MOST_CARDS:
        raise Invalid(ids=f"ids must be up to {MOST_CARDS} ids with commas between them.")
    found = board.cards(ids, user)
    return {"items": [card(each) for each in found], **board_columns.tally(row, user)}


def destination(leaving: list[PipelineStage], user: User) -> PipelineStage | None:
    """Where `?moveTo=` sends the contacts of these stages; raises `Invalid` where it does not say
    so and somebody stands in one."""
    raw = request.args.get("moveTo", "")
    if raw == "none":
        return None
    if not raw:
        if number := emptying.count(leaving):
            people = "1 contact stands" if number == 1 else f"{number} contacts stand"
            raise Invalid(moveTo=f"{people} here. Say where they go.")
        return None
    stage = access.stage(raw, user=user)
    if stage.id in {each.id for each in leaving}:
        raise Invalid(moveTo="Choose a stage that stays.")
    return stage


def _ids(value: object, faults: dict[str, str]) -> list[int] | None:
    """Ids as strings or integers."""
    values = value if isinstance(value, list) else []
    words = [str(one) for one in values]
    ids = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]
    if not ids or len(ids) != len(values):
        faults["stageIds"] = "stageIds must be a list of ids."
    return ids


def _shape(pipeline_id: int, user: User) -> Shape:
    """As it is now."""
    row: Pipeline = access.pipeline(str(pipeline_id), user=user)
    return shape(row)
