"""The contacts of a filter, as a table to download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response
from sqlalchemy import ColumnElement

from inbox import shapes
from inbox.extensions import db
from inbox.models import User
from inbox.models.contact_list import Order, Place, page_of
from inbox.models.contact_rows import ContactRow, contact_rows
from inbox.realtime import realtime
from inbox.web.csv_answers import csv_stream

AT_ONCE = 500  # contacts: some 20 ms
HEAD = (
    "id", "name", "username", "platforms", "page", "email", "phone", "company", "pipeline", "stage",
    "leadStatus", "leadScore", "analyzedBy", "summary", "tags", "assignees", "lastInteractionAt",
    "createdAt",
)  # fmt: skip

Row = Sequence[object]


def export(which: Sequence[ColumnElement[bool]], order: Order, user: User) -> Response:
    """Every contact that `which` finds, in this order. Read slice by slice, and no connection is
    held while one is sent: whoever downloads slowly keeps nobody waiting."""

    def slices() -> Iterator[Sequence[Row]]:
        yield [HEAD]
        after: Place | None = None
        while True:
            rows, after = page_of(which, order, after=after, limit=AT_ONCE)
            lines = [_line(row) for row in contact_rows(rows, user)]
            db.session.remove()
            yield lines
            if after is None:
                return
            realtime().breathe()  # others are answered in between

    return csv_stream("contacts.csv", slices())


def _line(row: ContactRow) -> Row:
    contact = row.contact
    holders = {thread.assignee.name for thread in row.threads if thread.assignee}
    return (
        contact.id,
        contact.display_name,
        contact.username,
        _platforms(row),
        row.page.name,
        contact.email,
        contact.phone,
        contact.company,
        row.pipeline and row.pipeline.name,
        row.stage and row.stage.name,
        contact.lead_status,
        contact.lead_score,
        contact.analyzed_at and ("rules" if contact.used_fallback else "AI"),
        contact.summary,
        ", ".join(tag.name for tag in row.tags),
        ", ".join(sorted(holders)),
        shapes.timestamp(contact.last_interaction_at),
        shapes.timestamp(contact.created_at),
    )


def _platforms(row: ContactRow) -> str:
    words = {"FACEBOOK": "Messenger", "INSTAGRAM": "Instagram"}
    return ", ".join(words[name] for name in shapes.contact(row.contact)["platforms"])
