"""Where a contact stands on the board, and whether AI may move it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox import shapes
from inbox.actions.pipelines import by_hand
from inbox.models import ContactActivity, PipelineStage, User
from inbox.models.contact_rows import seen_whole
from inbox.models.loading import contacts_by_id
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import signed_in_user

blueprint = Blueprint("api_contact_stage", __name__, url_prefix="/api/contacts")


@blueprint.patch("/<contact_id>/stage")
@login_required
def change(contact_id: str) -> ResponseReturnValue:
    """`{stageId?, isPinned?}` → the contact and `moveId`, by which the move can be undone (null
    where nothing moved). A null `stageId` takes it off the board; moving it pins it."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    body = parameters.json_object()
    faults = dict.fromkeys(body.keys() - {"stageId", "isPinned"}, "This cannot be changed here.")
    if not isinstance(body.get("isPinned", False), bool):
        faults["isPinned"] = "isPinned must be true or false."
    if not body:
        faults["stageId"] = "Say where it goes."
    if faults:
        raise Invalid(**faults)
    moved = None
    if "stageId" in body:
        moved = by_hand.put(row, _stage(body, user), by=user)
    if "isPinned" in body:
        by_hand.set_pin(row, body["isPinned"] is True, by=user)
    return _answer(row.id, moved, user)


@blueprint.post("/<contact_id>/stage/undo")
@login_required
def undo(contact_id: str) -> ResponseReturnValue:
    """`{moveId}` → the contact, where it stood before. 422 once it was moved again."""
    user = signed_in_user()
    row = access.contact(contact_id, user=user)
    move_id = parameters.key_in(parameters.json_object(), "moveId", "that of a move's answer")
    return _answer(row.id, by_hand.take_back(row, move_id, by=user), user)


def _stage(body: dict[str, object], user: User) -> PipelineStage | None:
    if body["stageId"] is None:
        return None
    return access.stage(parameters.id_in(body, "stageId", "a stage, or null"), user=user)


def _answer(contact_id: int, moved: ContactActivity | None, user: User) -> shapes.Shape:
    """The row as it is now."""
    (row,) = contacts_by_id([contact_id])
    shape = shapes.contact(row, is_whole=row.id in seen_whole([row], user))
    return shape | {"moveId": str(moved.id) if moved else None}
