"""`/files/…`: what people sent, for those who may see the thread."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required

from inbox.extensions import db
from inbox.meta.files.media_name import safe_name
from inbox.meta.files.media_type import type_named
from inbox.models import CopyState, StoredFile
from inbox.web import access
from inbox.web.file_answers import answer_with
from inbox.web.identity import signed_in_user

blueprint = Blueprint("files", __name__)

# Why there is no file, for whoever follows a link to it.
ABSENT = {
    CopyState.EXPIRED: (410, "This file has expired: Meta no longer has it."),
    CopyState.PENDING: (404, "This file is still being copied. Try again in a moment."),
    CopyState.REFUSED: (404, "This file was not copied: {reason}"),
    CopyState.FAILED: (404, "This file could not be copied: {reason}"),
}


@blueprint.get("/files/attachments/<attachment_id>")
@login_required
def attachment(attachment_id: str) -> ResponseReturnValue:
    """The file itself, or a part of it; 410 in plain words when it has expired."""
    row = access.attachment(attachment_id, user=signed_in_user())
    if row.stored_file_id is None:
        return _absent(row.copy_state, row.copy_error)
    file = db.get_or_404(StoredFile, row.stored_file_id)
    kind = type_named(file.mime_type)
    return answer_with(file, kind, safe_name(row.name, kind, otherwise=f"{row.type}-{row.id}"))


@blueprint.get("/files/contacts/<contact_id>/picture/<file_id>")
@login_required
def picture(contact_id: str, file_id: str) -> ResponseReturnValue:
    """The contact's picture of now; 404 for one that was replaced."""
    row = access.contact(contact_id, user=signed_in_user())
    if row.profile_picture_file_id is None or file_id != str(row.profile_picture_file_id):
        abort(404)
    file = db.get_or_404(StoredFile, row.profile_picture_file_id)
    kind = type_named(file.mime_type)
    return answer_with(file, kind, safe_name(None, kind, otherwise=f"contact-{row.id}"))


def _absent(state: CopyState, reason: str | None) -> Response:
    if state not in ABSENT:
        abort(404)
    status, words = ABSENT[state]
    return Response(words.format(reason=reason), status, mimetype="text/plain")
