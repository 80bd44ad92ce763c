"""Connected Pages: what they are, how their sync stands, and their settings."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from inbox import shapes
from inbox.actions.facebook_pages.page_settings import change_page_settings
from inbox.actions.refusal import Refusal
from inbox.models import PipelineMode
from inbox.models.sync_history import jobs_of, newest_jobs
from inbox.web import access, page_cards
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_facebook_pages", __name__, url_prefix="/api/facebook/pages")

LEAST_INTERVAL, MOST_INTERVAL = 5, 7 * 24 * 60  # minutes
CHANGEABLE = {"autoPipelineId", "autoPipelineMode", "autoSync", "syncInterval"}


@blueprint.get("")
@admin_required
def index() -> ResponseReturnValue:
    """`{items}`: all pages of the organization, each with its newest sync and its card."""
    return {"items": page_cards.cards(page_cards.pages_of(signed_in_user())), "nextCursor": None}


@blueprint.get("/<page_id>")
@admin_required
def show(page_id: str) -> ResponseReturnValue:
    return page_cards.card(access.page(page_id, user=signed_in_user()))


@blueprint.patch("/<page_id>")
@admin_required
def change(page_id: str) -> ResponseReturnValue:
    """`{autoSync?, syncInterval?, autoPipelineId?, autoPipelineMode?}` → the page. `syncInterval`
    in minutes. A pipeline that does not exist is 422."""
    page = access.page(page_id, user=signed_in_user())
    body = parameters.json_object()
    faults = dict.fromkeys(body.keys() - CHANGEABLE, "This cannot be changed here.")
    faults |= {name: fault for name in body if (fault := _fault(name, body[name]))}
    if faults:
        raise Invalid(**faults)
    mode, interval = body.get("autoPipelineMode"), body.get("syncInterval")
    try:
        change_page_settings(
            page,
            auto_sync=bool(body["autoSync"]) if "autoSync" in body else None,
            sync_interval=interval if isinstance(interval, int) else None,
            auto_pipeline_mode=PipelineMode(mode) if isinstance(mode, str) else None,
            auto_pipeline=_pipeline(body["autoPipelineId"])
            if "autoPipelineId" in body
            else "stays",
        )
    except Refusal as refusal:
        raise Invalid(**{refusal.field or "autoPipelineId": refusal.message}) from refusal
    return page_cards.card(page)


@blueprint.get("/<page_id>/latest-sync")
@admin_required
def latest_sync(page_id: str) -> ResponseReturnValue:
    """The newest job, or null."""
    page = access.page(page_id, user=signed_in_user())
    job = newest_jobs([page.id]).get(page.id)
    return jsonify(job and page_cards.sync_status(job))


@blueprint.get("/<page_id>/sync-jobs")
@admin_required
def history(page_id: str) -> ResponseReturnValue:
    """`{items, nextCursor}`: its syncs, the newest first, with `durationSeconds` (null while one
    has not begun)."""
    page = access.page(page_id, user=signed_in_user())
    rows, after = jobs_of(
        page.id, after=parameters.cursor("cursor"), limit=parameters.limit(20, most=100)
    )
    return {
        "items": [shapes.sync_job(row) for row in rows],
        "nextCursor": after and after.encode(),
    }


def _fault(name: str, value: object) -> str | None:
    """What is wrong with the value of a changeable setting."""
    if name == "autoSync" and not isinstance(value, bool):
        return "autoSync must be true or false."
    if name == "syncInterval" and not _is_interval(value):
        return f"syncInterval must be whole minutes from {LEAST_INTERVAL} to {MOST_INTERVAL}."
    if name == "autoPipelineId" and value is not None and _pipeline(value) is None:
        return "There is no such pipeline."
    if name == "autoPipelineMode" and value not in list(PipelineMode):
        return f"autoPipelineMode must be one of {', '.join(PipelineMode)}."
    return None


def _is_interval(value: object) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and LEAST_INTERVAL <= value <= MOST_INTERVAL  # type: ignore[operator]  # is_whole


def _pipeline(value: object) -> int | None:
    """Ids come as strings or integers."""
    text = "" if isinstance(value, bool) or not isinstance(value, int | str) else str(value)
    is_key = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_key else None
