"""The stages of a pipeline, and the cards in each."""

from __future__ import annotations

import re

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import partials
from inbox.actions.pipelines import stages
from inbox.models import PipelineStage, StageType, board
from inbox.shapes.moments import Shape
from inbox.shapes.pipelines import card
from inbox.shapes.pipelines import stage as stage_shape
from inbox.web import access, board_columns
from inbox.web.api import parameters
from inbox.web.api.pipelines import destination
from inbox.web.forms import Form
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_pipeline_stages", __name__, url_prefix="/api")

MOST_NAME, MOST_DESCRIPTION = 60, 500
COLOUR = re.compile(r"#[0-9a-f]{6}")
FIRST_COLOUR = "#6c7a91"


@blueprint.post("/pipelines/<pipeline_id>/stages")
@admin_required
def add(pipeline_id: str) -> ResponseReturnValue:
    """`{name, colour?, type?, description?}` → 201, the stage."""
    row = access.pipeline(pipeline_id, user=signed_in_user())
    form = Form({"colour": FIRST_COLOUR, "type": "OPEN"} | parameters.json_object())
    name = form.text("name", most=MOST_NAME)
    colour, kind = _colour(form), form.choice("type", StageType)
    description = form.text("description", most=MOST_DESCRIPTION, optional=True)
    form.close()
    made = stages.add(row, name=name, colour=colour, kind=kind, description=description)
    return _painted(made), 201


@blueprint.patch("/stages/<stage_id>")
@admin_required
def change(stage_id: str) -> ResponseReturnValue:
    """`{name?, colour?, type?, description?}` → the stage."""
    row = access.stage(stage_id, user=signed_in_user())
    body = parameters.json_object()
    form = Form(body)
    name = form.text("name", most=MOST_NAME) if "name" in body else None
    colour = _colour(form) if "colour" in body else None
    kind = form.choice("type", StageType) if "type" in body else None
    description = None
    if "description" in body:
        description = form.text("description", most=MOST_DESCRIPTION, optional=True)
    form.close()
    stages.change(row, name=name, colour=colour, kind=kind, description=description)
    return _painted(row)


@blueprint.delete("/stages/<stage_id>")
@admin_required
def delete(stage_id: str) -> ResponseReturnValue:
    """`?moveTo=` says where its contacts go: the id of another stage, or "none" for off the board.
    422 without it while somebody stands in it. `{success}`: false with 202 where more are left
    than go in one request; ask again."""
    user = signed_in_user()
    row = access.stage(stage_id, user=user)
    success = stages.delete(row, destination([row], user), by=user)
    return {"success": success}, 200 if success else 202


@blueprint.get("/stages/<stage_id>/cards")
@login_required
def cards(stage_id: str) -> ResponseReturnValue:
    """`{items, nextCursor}`: who entered it last comes first."""
    user = signed_in_user()
    found, after = board.page_of(
        access.stage(stage_id, user=user),
        user,
        after=parameters.cursor("cursor"),
        limit=parameters.limit(board_columns.MORE, most=100),
    )
    return {
        "items": [card(each) for each in found],
        "nextCursor": after and after.encode(),
    }


def _colour(form: Form) -> str:
    colour = form.text("colour", most=7).lower()
    if colour and not COLOUR.fullmatch(colour):
        form.faults.setdefault("colour", 'A colour looks like "#3b5bdb".')
    return colour


def _painted(row: PipelineStage) -> Shape:
    """With `html`, its row in the settings."""
    shape = stage_shape(row)
    return shape | {"html": partials.stage_row_html(shape)}
