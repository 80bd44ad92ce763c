"""Settings → Integrations: connected Pages, their syncs as they run, and all earlier ones."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from inbox import shapes
from inbox.models import FacebookPage
from inbox.models.sync_history import jobs_of
from inbox.web import access, page_cards
from inbox.web.api import parameters
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("integrations", __name__, url_prefix="/settings/integrations")

SYNCS_PER_PAGE = 30


@blueprint.get("")
@admin_required
def show() -> ResponseReturnValue:
    """One card for each page, connected or disconnected."""
    return render_template(
        "integrations/page.html",
        cards=page_cards.cards(page_cards.pages_of(signed_in_user())),
    )


@blueprint.get("/<page_id>/syncs")
@admin_required
def history(page_id: str) -> ResponseReturnValue:
    """All syncs of a page, the newest first; `?cursor=` continues to earlier ones."""
    page: FacebookPage = access.page(page_id, user=signed_in_user())
    after = parameters.cursor("cursor")
    rows, earlier = jobs_of(page.id, after=after, limit=SYNCS_PER_PAGE)
    return render_template(
        "integrations/history.html",
        page=shapes.facebook_page(page),
        syncs=[shapes.sync_job(row) for row in rows],
        earlier=earlier and earlier.encode(),
        is_first=after is None,
    )
