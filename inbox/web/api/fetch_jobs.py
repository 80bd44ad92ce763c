"""Auto-fetches of new contacts, as admins see them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from inbox import shapes
from inbox.extensions import db
from inbox.models import FetchJob, User
from inbox.models.fetch_job import UNDER_WAY
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("api_fetch_jobs", __name__, url_prefix="/api/facebook/contacts")

RECENT = timedelta(hours=24)
MOST = 50


@blueprint.get("/background")
@admin_required
def index() -> ResponseReturnValue:
    """`{pending, running, recent}`: those that wait, those at work, and those that ended in the
    last 24 hours; the newest first, at most 50 of each."""
    return jobs_by_state(signed_in_user())


def jobs_by_state(user: User) -> shapes.Shape:
    ended = FetchJob.status.not_in(UNDER_WAY) & (FetchJob.completed_at > func.now() - RECENT)
    return {
        "pending": _shapes(_of(user).where(FetchJob.status == "PENDING")),
        "running": _shapes(_of(user).where(FetchJob.status == "RUNNING")),
        "recent": _shapes(_of(user).where(ended)),
    }


def _of(user: User) -> Select[FetchJob]:
    rows = select(FetchJob).where(FetchJob.organization_id == user.organization_id)
    return rows.options(joinedload(FetchJob.contact)).order_by(FetchJob.id.desc()).limit(MOST)


def _shapes(query: Select[FetchJob]) -> list[shapes.Shape]:
    return [shapes.fetch_job(row) for row in db.session.scalars(query)]
