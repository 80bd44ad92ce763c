"""All that the profile of a contact shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inbox import shapes
from inbox.models import Contact, ContactMerge, User
from inbox.models.ai_words import reader
from inbox.models.contact_history import (
    activities_of,
    analyses_of,
    evidence_of,
    is_asked_for,
    notes_of,
    standing_merges,
)
from inbox.models.loading import contacts_by_id
from inbox.models.merge_suggestions import pair_of
from inbox.web.api.contacts import shape_of

ACTIVITIES = 20
WIDTH, HEIGHT = 240, 56  # of the plot, in its own units


def profile(row: Contact, user: User) -> dict[str, Any]:
    """What the templates of contacts/ take."""
    activities, older = activities_of(row.id, after=None, limit=ACTIVITIES)
    analyses = analyses_of(row.id)
    newest = analyses[0] if analyses else None
    told = reader(row, user)
    return {
        "contact": shape_of(row, user),
        "name_by_hand": row.name_by_hand,
        "notes": [shapes.note(note) for note in notes_of(row.id)],
        "activities": [
            shapes.activity(each, with_words=told.may_read(each)) for each in activities
        ],
        "older": older and older.encode(),
        "analysis": newest and shapes.analysis(newest, with_words=told.may_read(newest)),
        "is_whole": told.is_whole,
        "evidence": [
            shapes.evidence(message)
            for message in (evidence_of(newest, row.id, user) if newest else ())
        ],
        "plot": plot([each.lead_score for each in reversed(analyses)]),
        "is_waiting": is_asked_for(row.id),
        "suggestion": _suggestion(row, user),
        # Who does not see both parts does not separate them.
        "merges": [_merge(each) for each in standing_merges(row.id) if told.is_whole],
        "me": {"id": str(user.id), "isAdmin": user.is_admin},
    }


def plot(scores: Sequence[int | None]) -> list[dict[str, int]]:
    """Where each score stands, oldest first: `{x, y, score}`. Fewer than two draw no line."""
    known = [score for score in scores if score is not None]
    if len(known) < 2:
        return []
    step = WIDTH / (len(known) - 1)
    return [
        {"x": round(place * step), "y": round(HEIGHT * (1 - score / 100)), "score": score}
        for place, score in enumerate(known)
    ]


def _suggestion(row: Contact, user: User) -> shapes.Shape | None:
    """Who on the other platform seems to be the same person."""
    pair = pair_of(row.id, user)
    if pair is None:
        return None
    other_id = {pair.messenger_contact_id, pair.instagram_contact_id} - {row.id}
    (other,) = contacts_by_id(other_id)
    return {"id": str(other.id), "name": other.display_name, "reasons": pair.reasons}


def _merge(row: ContactMerge) -> shapes.Shape:
    return {"id": str(row.id), "at": shapes.timestamp(row.created_at)}
