"""The sales board, and the queue of moves that wait for review."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy.orm import selectinload

from inbox.actions.pipelines.first import default_pipeline
from inbox.extensions import db
from inbox.models import Pipeline, User, review
from inbox.shapes.pipelines import pipeline as pipeline_shape
from inbox.shapes.reviews import ai_run, stage_move
from inbox.web import access, board_columns
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("board", __name__, url_prefix="/board")

MOVES, RUNS = 50, 10


@blueprint.get("")
@login_required
def home() -> ResponseReturnValue:
    """The organization's default pipeline, which its first visitor makes."""
    user = signed_in_user()
    return _page(access.pipeline(str(default_pipeline(user.organization_id).id), user=user), user)


@blueprint.get("/<pipeline_id>")
@login_required
def show(pipeline_id: str) -> ResponseReturnValue:
    user = signed_in_user()
    return _page(access.pipeline(pipeline_id, user=user), user)


@blueprint.get("/review")
@admin_required
def queue() -> ResponseReturnValue:
    """What waits, and the batches of moves that can be undone."""
    user = signed_in_user()
    rows, after = review.page_of(
        user.organization_id, after=_after(request.args.get("after", "")), limit=MOVES
    )
    return render_template(
        "board/review.html",
        moves=[stage_move(row) for row in rows],
        after=after,
        is_first="after" not in request.args,
        waiting=review.count(user.organization_id),
        runs=[ai_run(row) for row in review.recent_runs(user.organization_id, limit=RUNS)],
        pipelines=[pipeline_shape(row) for row in pipelines_of(user)],
        review_below=user.organization.ai_review_below,
    )


def pipelines_of(user: User) -> Sequence[Pipeline]:
    """All of the organization, with their stages."""
    query = Pipeline.in_organization(user.organization_id)
    return db.session.scalars(query.options(selectinload(Pipeline.stages))).all()


def _page(pipeline: Pipeline, user: User) -> ResponseReturnValue:
    columns = board_columns.columns(pipeline, user)
    return render_template(
        "board/page.html",
        pipeline=pipeline_shape(pipeline),
        pipelines=[{"id": str(row.id), "name": row.name} for row in pipelines_of(user)],
        columns=columns,
        waiting=review.count(user.organization_id) if user.is_admin else 0,
        me={"id": str(user.id), "name": user.name, "isAdmin": user.is_admin},
    )


def _after(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None
