"""The review queue, and taking back a batch of AI moves."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.actions.pipelines import review as actions
from inbox.actions.pipelines.undoing_runs import undo_run
from inbox.models import StageMove, User, review
from inbox.shapes.reviews import ai_run, stage_move
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_stage_moves", __name__, url_prefix="/api")


@blueprint.get("/stage-moves")
@admin_required
def index() -> ResponseReturnValue:
    """`{items, nextCursor, waiting}`: moves that wait, the newest first; `waiting` counts all of
    them, to 1000 at the most."""
    user = signed_in_user()
    rows, after = review.page_of(
        user.organization_id,
        after=parameters.key("cursor"),
        limit=parameters.limit(50, most=100),
    )
    return {
        "items": [stage_move(row) for row in rows],
        "nextCursor": after and str(after),
        "waiting": review.count(user.organization_id),
    }


@blueprint.post("/stage-moves/<move_id>/accept")
@admin_required
def accept(move_id: str) -> ResponseReturnValue:
    """The contact moves as proposed. 422 where that is decided already. → `{waiting}`."""
    return _decided(move_id, lambda row, user: actions.accept(row, by=user))


@blueprint.post("/stage-moves/<move_id>/change")
@admin_required
def change(move_id: str) -> ResponseReturnValue:
    """`{stageId}`: the contact moves there instead, and is pinned."""

    def decide(row: StageMove, user: User) -> None:
        stage_id = parameters.id_in(parameters.json_object(), "stageId", "a stage")
        actions.change(row, access.stage(stage_id, user=user), by=user)

    return _decided(move_id, decide)


@blueprint.post("/stage-moves/<move_id>/reject")
@admin_required
def reject(move_id: str) -> ResponseReturnValue:
    """The contact stays where it is."""
    return _decided(move_id, lambda row, user: actions.reject(row, by=user))


@blueprint.post("/stage-moves/accept-all")
@admin_required
def accept_all() -> ResponseReturnValue:
    """`{throughId}`: accepts all that wait up to this one, 200 at once. → `{decided, waiting}`."""
    return _all_decided(actions.accept_all)


@blueprint.post("/stage-moves/reject-all")
@admin_required
def reject_all() -> ResponseReturnValue:
    """`{throughId}`: rejects all that wait up to this one, 200 at once. → `{decided, waiting}`."""
    return _all_decided(actions.reject_all)


@blueprint.post("/ai-runs/<run_id>/undo")
@admin_required
def undo(run_id: str) -> ResponseReturnValue:
    """Puts back whom this batch of AI moves moved, up to 10,000 at a time; `isDone` is false where
    more are left. → the run, with `contacts`, how many went back."""
    user = signed_in_user()
    row = access.ai_run(run_id, user=user)
    undone = undo_run(row, by=user)
    return ai_run(row) | {"contacts": undone.contacts, "isDone": undone.is_done}


def _decided(move_id: str, decide: Callable[[StageMove, User], None]) -> ResponseReturnValue:
    user = signed_in_user()
    decide(access.stage_move(move_id, user=user), user)
    return {"waiting": review.count(user.organization_id)}


def _all_decided(decide: Callable[..., int]) -> ResponseReturnValue:
    user = signed_in_user()
    newest_seen = "the id of the newest move that was seen"
    through = parameters.key_in(parameters.json_object(), "throughId", newest_seen)
    decided = decide(user.organization_id, through_id=through, by=user)
    return {"waiting": review.count(user.organization_id), "decided": decided}
