"""Settings → Pipelines: their shape."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inbox.actions.pipelines.first import default_pipeline
from inbox.models import board
from inbox.shapes.pipelines import pipeline as shape
from inbox.web.board import pipelines_of
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("pipelines", __name__, url_prefix="/settings/pipelines")


@blueprint.get("")
@admin_required
def show() -> ResponseReturnValue:
    """Each pipeline with its stages and how many contacts stand in them."""
    user = signed_in_user()
    default_pipeline(user.organization_id)
    counts: dict[int, int] = {}
    rows = pipelines_of(user)
    for row in rows:
        counts |= board.counts(row.id, user)
    return render_template(
        "pipelines/page.html",
        pipelines=[shape(row) for row in rows],
        counts={str(stage_id): count for stage_id, count in counts.items()},
    )
