"""What a list of contacts is asked for, in its address: a view of it can be bookmarked."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from inbox.models import LeadStatus, Platform, User
from inbox.models.contact_filters import Analyzed, ContactFilters
from inbox.models.contact_list import Order, Place
from inbox.models.keyset import BadCursorError
from inbox.web.api import parameters
from inbox.web.errors import Invalid

MOST_DAYS = 3650
MOST_TAGS = 10
MOST_SCORE = 100

FILTERS = frozenset({
    "q", "pageId", "platform", "pipelineId", "stageId", "status", "scoreMin", "scoreMax", "tagId",
    "assignee", "lastInteraction", "analysis",
})  # fmt: skip
CURSORS = {Order.NAME: ("name",), Order.SCORE: ("score", "moment")}  # the others': the moment
BAD_CURSOR = "cursor must be a nextCursor of an earlier answer in the same order."


def filters_of_request(user: User) -> ContactFilters:
    """`q`, `pageId`, `platform`, `pipelineId`, `stageId` (or "none"), `status`, `scoreMin`,
    `scoreMax`, `tagId` (as often as wanted), `assignee` (an id, "me" or "none"), `lastInteraction`
    (in the last so many days; "-30": none in the last 30), `analysis`. Raises `Invalid`."""
    assignee, stage = request.args.get("assignee", ""), request.args.get("stageId", "")
    search = request.args.get("q", "").replace("\x00", "").strip()[:100]
    days = _whole("lastInteraction", -MOST_DAYS, MOST_DAYS)
    return ContactFilters(
        search=search or None,
        facebook_page_id=parameters.key("pageId"),
        platform=parameters.choice("platform", Platform),
        pipeline_id=parameters.key("pipelineId"),
        stage_id=None if stage == "none" else parameters.key("stageId"),
        without_stage=stage == "none",
        lead_status=parameters.choice("status", LeadStatus),
        score=(_whole("scoreMin", 0, MOST_SCORE), _whole("scoreMax", 0, MOST_SCORE)),
        tag_ids=_tag_ids(),
        assignee_id=_assignee(assignee, user),
        unassigned=assignee == "none",
        within=timedelta(days=days) if days and days > 0 else None,
        silent_for=timedelta(days=-days) if days and days < 0 else None,
        analyzed=parameters.choice("analysis", Analyzed),
    )


def filter_words() -> dict[str, list[str]]:
    """The filters as the address has them, fit to be stored: PostgreSQL takes no NUL."""
    given = request.args.to_dict(flat=False).items()
    return {
        name: [value.replace("\x00", "") for value in values]
        for name, values in given
        if name in FILTERS
    }


def order_of_request() -> Order:
    return parameters.choice("sort", Order) or Order.RECENT


def place_of_request() -> Place | None:
    """Where a page of the asked order ended. Raises `Invalid`."""
    raw = request.args.get("cursor")
    kinds = CURSORS.get(order_of_request(), ("moment",))
    try:
        place = Place.decode(raw) if raw else None
    except BadCursorError:
        raise Invalid(cursor=BAD_CURSOR) from None
    if place and place.by not in kinds:
        raise Invalid(cursor=BAD_CURSOR)
    return place


def _assignee(value: str, user: User) -> int | None:
    if value == "me":
        return user.id
    return None if value == "none" else parameters.key("assignee")


def _tag_ids() -> tuple[int, ...]:
    given = [value for value in request.args.getlist("tagId") if value]
    if len(given) > MOST_TAGS or not all(_is_key(value) for value in given):
        raise Invalid(tagId=f"tagId must be the id of a tag, at most {MOST_TAGS} times.")
    return tuple(sorted({int(value) for value in given}))


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < parameters.LONGEST_NUMBER


def _whole(name: str, least: int, most: int) -> int | None:
    raw = request.args.get(name)
    if not raw:
        return None
    digits = raw.removeprefix("-")
    if not _is_key(digits) or not least <= int(raw) <= most:
        raise Invalid(**{name: f"{name} must be a whole number from {least} to {most}."})
    return int(raw)
