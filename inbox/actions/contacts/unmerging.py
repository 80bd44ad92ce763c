"""A merge is taken back: both contacts are as they were, save for what happened since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update

from inbox.actions.ai.requesting import ask
from inbox.actions.contacts.holding import touch_rows, write_down, write_move
from inbox.actions.contacts.merging import GIVEN, IDS, STAGE, columns, move_threads
from inbox.actions.pipelines.moving import outdate_waiting
from inbox.actions.refusal import Refusal
from inbox.db import retry_on_conflict, transaction
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    ContactMerge,
    ContactTag,
    MergeSuggestion,
    PipelineStage,
    Platform,
    User,
)
from inbox.models.interaction_sweep import refresh
from inbox.realtime import announce


def undo_merge(merge: ContactMerge, *, by: User) -> None:
    """The merged contact gets back its id at Meta and, with all that was written in it since, the
    conversation of its platform. What the kept contact was given goes, unless somebody has changed
    it since. Raises `Refusal` when it has been undone."""
    retry_on_conflict(lambda: _undo(merge, by))


def _undo(merge: ContactMerge, by: User) -> None:
    with transaction() as session:
        session.refresh(merge, with_for_update=True)
        if merge.undone_at is not None:
            raise Refusal("This merge has been undone already.")
        kept, merged = (
            session.get_one(Contact, row_id, with_for_update=True, populate_existing=True)
            for row_id in (merge.kept_id, merge.merged_id)
        )
        # Not when we began: until the contacts were locked, an analysis of both may have come.
        merge.undone_at, merge.undone_by_id = func.clock_timestamp(), by.id
        stage = columns(kept, STAGE)
        _take_back(kept, merge.moved)
        write_move(kept, stage, f"Without the stage of {merged.display_name}", by=by)
        _ask_anew(kept, merge, by)
        _stand_alone(kept, merged, merge.moved)
        session.flush()
        # By platform, not by id: a first conversation may have begun since.
        move_threads(kept, merged, _platforms(merge.moved["ids"]))
        _dismiss(kept, merged, by)
        for contact, other in ((kept, merged), (merged, kept)):
            write_down(
                contact,
                ActivityType.UNMERGED,
                f"Separated from {other.display_name}",
                by=by,
                mergeId=str(merge.id),
                contactId=str(other.id),
            )
            touch_rows(contact.id)
        session.flush()
        session.execute(refresh([kept.id, merged.id]))
        announce(contacts=[kept.id, merged.id])


def _take_back(kept: Contact, moved: dict[str, Any]) -> None:
    before, given = moved["before"], moved["given"]
    now = columns(kept, given)
    for names in GIVEN:
        if names[0] in given and all(now[name] == given[name] for name in names):
            _restore(kept, {name: before[name] for name in names})
    tags = moved["tags"]
    if tags:
        db.session.execute(
            delete(ContactTag).where(ContactTag.contact_id == kept.id, ContactTag.tag_id.in_(tags))
        )


def _ask_anew(kept: Contact, merge: ContactMerge, by: User) -> None:
    """What was said of both as one is said of neither any more, also by who is about to: a request
    for the kept one that somebody has in hand is taken from them."""
    db.session.execute(
        update(AnalysisRequest)
        .where(AnalysisRequest.contact_id == kept.id)
        .values(attempt=AnalysisRequest.attempt + 1, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    if kept.analyzed_at is not None and kept.analyzed_at >= merge.created_at:
        kept.summary = None
        outdate_waiting(kept.id)
        db.session.flush()
        ask([kept.id], AnalysisReason.QUIET, by=by)


def _stand_alone(kept: Contact, merged: Contact, moved: dict[str, Any]) -> None:
    for name in IDS:
        if moved["ids"][name] is not None:
            setattr(kept, name, None)
    db.session.flush()  # none may be at both for a moment
    merged.merged_into_id = None
    for name in IDS:
        setattr(merged, name, moved["ids"][name])
    _restore(merged, moved["stage"])
    if moved["profile_due"]:
        merged.profile_due_at = func.now()


def _restore(contact: Contact, values: dict[str, Any]) -> None:
    """A stage that was deleted since is none."""
    if values.get("stage_id") and db.session.get(PipelineStage, values["stage_id"]) is None:
        values |= {"pipeline_id": None, "stage_id": None, "stage_entered_at": None}
    for name, value in values.items():
        is_moment = name.endswith("_at") and value is not None
        setattr(contact, name, datetime.fromisoformat(value) if is_moment else value)


def _platforms(ids: dict[str, str | None]) -> list[Platform]:
    names = {"messenger_psid": Platform.FACEBOOK, "instagram_sid": Platform.INSTAGRAM}
    return [platform for name, platform in names.items() if ids[name]]


def _dismiss(kept: Contact, merged: Contact, by: User) -> None:
    """Who separates two does not want to be asked about them again."""
    pair = (kept.id, merged.id)
    db.session.execute(
        update(MergeSuggestion)
        .where(
            MergeSuggestion.messenger_contact_id.in_(pair),
            MergeSuggestion.instagram_contact_id.in_(pair),
            MergeSuggestion.dismissed_at.is_(None),
        )
        .values(dismissed_at=func.now(), dismissed_by_id=by.id)
    )
