"""Settings → Failures: events of this organization's Pages that could not be taken."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from inbox.actions.incoming.failures import ReplayFailedError, dismiss_failure, replay_failure
from inbox.extensions import db
from inbox.models import User, WebhookFailure
from inbox.web import access
from inbox.web.api import parameters
from inbox.web.failure_summary import summary
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("failures", __name__, url_prefix="/settings/failures")

PER_PAGE = 50
MOST_AT_ONCE = 200  # replays in one request


@blueprint.get("")
@admin_required
def show() -> ResponseReturnValue:
    """The newest first; `?before=<id>` continues to older ones."""
    query = WebhookFailure.open_in(signed_in_user().organization_id)
    before = parameters.key("before")
    if before is not None:
        query = query.where(WebhookFailure.id < before)
    rows = db.session.scalars(query.limit(PER_PAGE + 1)).all()
    shown = rows[:PER_PAGE]
    return render_template(
        "settings/failures.html",
        failures=[(row, summary(row.body)) for row in shown],
        older=shown[-1].id if len(rows) > PER_PAGE else None,
        is_first=before is None,
    )


@blueprint.post("/<failure_id>/replay")
@admin_required
def replay(failure_id: str) -> ResponseReturnValue:
    failure = access.failure(failure_id, user=signed_in_user())
    if _is_taken(failure):
        flash("The event has been taken.")
    else:
        flash("It still cannot be taken. The reason is below.", "error")
    return back()


@blueprint.post("/replay-all")
@admin_required
def replay_all() -> ResponseReturnValue:
    """In the order in which they came."""
    taken = [_is_taken(failure) for failure in _oldest_of(signed_in_user())]
    failed = taken.count(False)
    flash(f"{taken.count(True)} taken.") if taken else flash("There was nothing to replay.")
    if failed:
        flash(f"{failed} still cannot be taken.", "error")
    return back()


@blueprint.post("/<failure_id>/dismiss")
@admin_required
def dismiss(failure_id: str) -> ResponseReturnValue:
    dismiss_failure(access.failure(failure_id, user=signed_in_user()))
    flash("Dismissed.")
    return back()


def _oldest_of(user: User) -> list[WebhookFailure]:
    query = WebhookFailure.open_in(user.organization_id).order_by(None).order_by(WebhookFailure.id)
    return list(db.session.scalars(query.limit(MOST_AT_ONCE)))


def _is_taken(failure: WebhookFailure) -> bool:
    try:
        replay_failure(failure)
    except ReplayFailedError:
        return False
    return True


def back() -> ResponseReturnValue:
    return redirect(url_for("failures.show"), code=303)
