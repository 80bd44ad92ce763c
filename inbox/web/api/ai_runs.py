"""Bulk runs of the AI: what one would cost, and starting it. (Taking its moves back:
`stage_moves`.)"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from inbox.actions.ai.runs import add, estimate, start_run
from inbox.extensions import db
from inbox.models import AiRun
from inbox.models.contact_list import ids_after
from inbox.shapes.reviews import ai_run
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.api.contact_bulk import chosen_contacts, place_in
from inbox.web.contact_queries import filter_words
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_ai_runs", __name__, url_prefix="/api/ai-runs")

AT_ONCE = 500
MOST_SHOWN = 50


@blueprint.get("")
@admin_required
def index() -> ResponseReturnValue:
    """`{items}`: the newest batches of analyses, of syncs and of people."""
    newest = AiRun.newest_of(signed_in_user().organization_id)
    rows = db.session.scalars(newest.limit(parameters.limit(20, most=MOST_SHOWN)))
    return {"items": [ai_run(row) for row in rows], "nextCursor": None}


@blueprint.post("/estimate")
@admin_required
def cost() -> ResponseReturnValue:
    """`{ids | all: true}`, and the filter in the address → `{contacts, changed, requests: {least,
    most}, tokens, leftToday}`. Nothing is asked for."""
    user = signed_in_user()
    found = estimate(chosen_contacts(parameters.json_object(), user), user)
    return {
        "contacts": found.contacts,
        "changed": found.changed,
        "requests": {"least": found.least, "most": found.most},
        "tokens": found.tokens,
        "leftToday": found.left,
    }


@blueprint.post("")
@admin_required
def start() -> ResponseReturnValue:
    """`{ids | all: true, runId?, after?}`, and the filter in the address: some of these contacts
    are to be analysed, as part of a new run or of this one → 202 `{run, done, nextAfter}`."""
    user = signed_in_user()
    body = parameters.json_object()
    ids = ids_after(chosen_contacts(body, user), place_in(body), AT_ONCE + 1)
    if "runId" in body:
        run = access.ai_run(parameters.id_in(body, "runId", "a run"), user=user)
    else:
        run = start_run(filter_words(), by=user)
    add(run, ids[:AT_ONCE], by=user)
    row = db.session.get_one(
        AiRun, run.id, options=[joinedload(AiRun.started_by)], populate_existing=True
    )
    return {
        "run": ai_run(row),
        "done": len(ids[:AT_ONCE]),
        "nextAfter": str(ids[AT_ONCE - 1]) if len(ids) > AT_ONCE else None,
    }, 202
