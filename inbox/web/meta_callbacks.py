"""What Meta tells when somebody leaves the app, and the page that says what was deleted."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from inbox.actions.facebook_pages import leaving
from inbox.config import settings
from inbox.extensions import db
from inbox.meta.deliveries.signed_request import (
    ForgedRequestError,
    SignedRequest,
    read_signed_request,
)
from inbox.models import DataDeletion
from inbox.web.identity import unsigned
from inbox.web.origin import origin

log = logging.getLogger(__name__)

blueprint = Blueprint("meta_callbacks", __name__)

A_CODE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


@blueprint.post("/api/facebook/deauthorize")
@unsigned
def deauthorize() -> ResponseReturnValue:
    leaving.deauthorize(_signed_request())
    return {"success": True}


@blueprint.post("/api/facebook/data-deletion")
@unsigned
def delete_data() -> ResponseReturnValue:
    """`{url, confirmation_code}`, as Meta shows it to the person."""
    code = leaving.delete_data(_signed_request())
    address = origin() + url_for("meta_callbacks.show_deletion", code=code)
    return {"url": address, "confirmation_code": code}


@blueprint.get("/data-deletion/<code>")
def show_deletion(code: str) -> ResponseReturnValue:
    if not A_CODE.fullmatch(code):
        abort(404)
    record = db.session.scalar(select(DataDeletion).where(DataDeletion.code == code))
    if record is None:
        abort(404)
    return render_template("connecting/data_deletion.html", record=record)


def _signed_request() -> SignedRequest:
    """403 for what Meta did not sign."""
    text = request.form.get("signed_request", "")
    try:
        return read_signed_request(text, settings().facebook_app_secret)
    except ForgedRequestError as error:
        log.warning("A callback at %s was refused: %s", request.path, error)
        abort(403)
