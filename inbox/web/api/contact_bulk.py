"""One thing done with many contacts: those that were ticked, or all that the address lists.

A call does a slice of them, by id, and says where the next one begins, so that a browser shows how
far it is and can stop. Done twice, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import ColumnElement

from inbox.actions.contacts import bulk, tagging
from inbox.models import Contact, User
from inbox.models.contact_filters import listed
from inbox.models.contact_list import ids_after
from inbox.models.loading import contacts_by_id
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.contact_export import export
from inbox.web.contact_queries import filters_of_request, order_of_request
from inbox.web.errors import Invalid
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_contact_bulk", __name__, url_prefix="/api/contacts")

AT_ONCE = 50
MOST_TICKED = 500

Body = dict[str, object]
Act = Callable[[Contact], object]


@blueprint.post("/bulk")
@login_required
def act() -> ResponseReturnValue:
    """`{action, ids | all: true, after?, …}` → `{done, nextAfter}`. Actions: `TAG` and
    `UNTAG` `{tagId}`, `ASSIGN` `{assigneeId}`, `STAGE` `{stageId}`; null assigns to nobody, or
    takes off the board. Without `ids` it is the filter in the address that is meant."""
    user = signed_in_user()
    body = parameters.json_object()
    action = body.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise Invalid(action=f"action must be one of {', '.join(ACTIONS)}.")
    which = chosen_contacts(body, user)
    do = ACTIONS[action](body, user)
    ids = ids_after(which, place_in(body), AT_ONCE + 1)
    for contact in sorted(contacts_by_id(ids[:AT_ONCE]), key=lambda row: row.id):
        do(contact)
    return {
        "done": len(ids[:AT_ONCE]),
        "nextAfter": str(ids[AT_ONCE - 1]) if len(ids) > AT_ONCE else None,
    }


@blueprint.get("/export.csv")
@admin_required
def download() -> ResponseReturnValue:
    """The contacts of the filter in the address. No cell begins a formula."""
    user = signed_in_user()
    which = [listed(user), *filters_of_request(user).conditions()]
    return export(which, order_of_request(), user)


def chosen_contacts(body: Body, user: User) -> Sequence[ColumnElement[bool]]:
    """`ids`, or with `all` those of the filter in the address; never more than this user sees."""
    ids = body.get("ids")
    if body.get("all") is True and ids is None:
        return [listed(user), *filters_of_request(user).conditions()]
    if not isinstance(ids, list) or len(ids) > MOST_TICKED:
        raise Invalid(ids=f"ids must be a list of at most {MOST_TICKED} ids, or all must be true.")
    return [listed(user), Contact.id.in_([parameters.key_of(each, "ids") for each in ids])]


def place_in(body: Body) -> int:
    return parameters.key_of(body.get("after", 0), "after")


def _tag(body: Body, user: User) -> Act:
    tag = access.tag(str(parameters.key_in(body, "tagId")), user=user)
    return lambda contact: tagging.put_tag(contact, tag, by=user)


def _untag(body: Body, user: User) -> Act:
    tag = access.tag(str(parameters.key_in(body, "tagId")), user=user)
    return lambda contact: tagging.take_tag(contact, tag, by=user)


def _assign(body: Body, user: User) -> Act:
    is_nobody = "assigneeId" in body and body["assigneeId"] is None
    holder = (
        None
        if is_nobody
        else access.colleague(str(parameters.key_in(body, "assigneeId")), user=user)
    )
    return partial(bulk.hand_over, assignee=holder, by=user)


def _stage(body: Body, user: User) -> Act:
    is_off = "stageId" in body and body["stageId"] is None
    stage = None if is_off else access.stage(str(parameters.key_in(body, "stageId")), user=user)
    return partial(bulk.put, stage=stage, by=user)


ACTIONS: dict[str, Callable[[Body, User], Act]] = {
    "TAG": _tag,
    "UNTAG": _untag,
    "ASSIGN": _assign,
    "STAGE": _stage,
}
