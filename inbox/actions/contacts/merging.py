"""Two contacts of one Page turn out to be one person: one of them becomes part of the other.

The kept contact takes over the other's id at Meta, so whatever arrives from then on is its own, and
the conversations with all that is in them. Notes, analyses and history stay where they are and are
read together, by `merged_into_id`. `ContactMerge.moved` holds what undoing needs; its keys are ours
alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.ai.requesting import ask
from inbox.actions.contacts.holding import touch_rows, write_down, write_move
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
    Conversation,
    FetchJob,
    Platform,
    User,
)
from inbox.models.interaction_sweep import refresh
from inbox.realtime import announce

IDS = ("messenger_psid", "instagram_sid")
STAGE = ("stage_id", "pipeline_id", "stage_entered_at", "is_pinned")
ANALYSIS = (
    "analyzed_at", "analyzed_through_at", "lead_score", "lead_status", "summary", "used_fallback",
)  # fmt: skip
# What people may take from either; the columns of one go together. What the kept contact has not
# it takes anyway.
CHOICES = {
    "name": ("name", "name_by_hand"),
    "email": ("email",),
    "phone": ("phone",),
    "company": ("company",),
    "picture": ("profile_picture_url", "profile_picture_file_id"),
    "stage": STAGE,
}
GIVEN = (*CHOICES.values(), ("username",), ("referral",), ANALYSIS)


def merge(kept: Contact, merged: Contact, *, take: Collection[str] = (), by: User) -> ContactMerge:
    """`merged` becomes part of `kept`, which takes these of `CHOICES` from it. Raises `Refusal`
    for contacts of two Pages, or that are both on one platform."""
    return retry_on_conflict(lambda: _merge(kept, merged, take, by))


def _merge(kept: Contact, merged: Contact, take: Collection[str], by: User) -> ContactMerge:
    with transaction() as session:
        _lock(kept, merged)
        _check(kept, merged)
        moved = {
            "ids": {name: getattr(merged, name) for name in IDS},
            "profile_due": merged.profile_due_at is not None,
            "stage": columns(merged, STAGE),
            "tags": _tag(kept, merged),
            **_give(kept, merged, take),
        }
        _give_up(kept, merged)
        session.flush()
        move_threads(merged, kept, list(Platform))
        row = ContactMerge(
            organization_id=kept.organization_id,
            kept_id=kept.id,
            merged_id=merged.id,
            moved=moved,
            by_id=by.id,
        )
        session.add(row)
        session.flush()
        details = {"mergeId": str(row.id), "contactId": str(merged.id)}
        other = merged.display_name if merged.name else "another contact"
        write_move(kept, moved["before"], f"Has the stage of {other}", by=by)
        session.flush()  # the history is read in this order
        write_down(kept, ActivityType.MERGED, f"Merged with {other}", by=by, **details)
        _ask_anew(kept, merged, by)
        session.execute(refresh([kept.id]))
        announce(contacts=[kept.id, merged.id])
        touch_rows(kept.id)
    return row


def columns(contact: Contact, names: Collection[str]) -> dict[str, Any]:
    """As JSON holds them."""
    values = {name: getattr(contact, name) for name in names}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
    }


def _lock(*contacts: Contact) -> None:
    """In one order, so that two who merge the same pair wait for each other."""
    for contact in sorted(contacts, key=lambda row: row.id):
        db.session.refresh(contact, with_for_update=True)


def _check(kept: Contact, merged: Contact) -> None:
    if kept.id == merged.id:
        raise Refusal("That is the same contact.", field="contactId")
    if kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise Refusal("One of them has been merged already.", field="contactId")
    if kept.facebook_page_id != merged.facebook_page_id:
        raise Refusal("They belong to two Pages, so they stay two contacts.", field="contactId")
    if any(getattr(kept, name) and getattr(merged, name) for name in IDS):
        raise Refusal(
            "Both are on the same platform. One on Messenger and one on Instagram can be merged.",
            field="contactId",
        )


def _give(kept: Contact, merged: Contact, take: Collection[str]) -> dict[str, Any]:
    """What the kept contact gets, and what it had there."""
    before: dict[str, Any] = {}
    given: dict[str, Any] = {}
    chosen = {CHOICES[name] for name in take}
    for names in GIVEN:
        has, offers = getattr(kept, names[0]), getattr(merged, names[0])
        if offers is None or offers == has or (has is not None and names not in chosen):
            continue
        before |= columns(kept, names)
        for name in names:
            setattr(kept, name, getattr(merged, name))
        given |= columns(kept, names)
    return {"before": before, "given": given}


def _give_up(kept: Contact, merged: Contact) -> None:
    """The ids first: none may be at both for a moment."""
    ids = {name: getattr(merged, name) for name in IDS}
    for name in (*IDS, "pipeline_id", "stage_id", "stage_entered_at"):
        setattr(merged, name, None)
    merged.is_pinned = False
    merged.profile_due_at = merged.picture_due_at = None
    merged.merged_into_id = kept.id
    db.session.flush()
    for name, value in ids.items():
        if value is not None:
            setattr(kept, name, value)
    outdate_waiting(merged.id)


def move_threads(source: Contact, target: Contact, platforms: Collection[Platform]) -> None:
    """The conversations on these platforms, and what is still to be fetched of them."""
    threads = update(Conversation).where(
        Conversation.contact_id == source.id, Conversation.platform.in_(platforms)
    )
    fetches = update(FetchJob).where(
        FetchJob.contact_id == source.id, FetchJob.platform.in_(platforms)
    )
    for rows in (threads.values(contact_id=target.id), fetches.values(contact_id=target.id)):
        db.session.execute(rows.execution_options(synchronize_session=False))


def _tag(kept: Contact, merged: Contact) -> list[int]:
    """Puts the other's tags on the kept contact too; answers those that it had not."""
    theirs = select(literal(kept.id), ContactTag.tag_id).where(ContactTag.contact_id == merged.id)
    adding = insert(ContactTag).from_select(["contact_id", "tag_id"], theirs)
    return list(db.session.scalars(adding.on_conflict_do_nothing().returning(ContactTag.tag_id)))


def _ask_anew(kept: Contact, merged: Contact, by: User) -> None:
    """What waited for the other is for the kept one now; whoever has the old request in hand finds
    it gone, and drops the result."""
    gone = delete(AnalysisRequest).where(AnalysisRequest.contact_id == merged.id)
    if db.session.scalar(gone.returning(AnalysisRequest.id)) is not None:
        ask([kept.id], AnalysisReason.QUIET, by=by)
