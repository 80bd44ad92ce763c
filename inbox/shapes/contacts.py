"""The shapes of contacts and of what people and the AI keep about them."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.models import Contact, Platform, Tag
from inbox.shapes.moments import Shape, key, timestamp


def contact(row: Contact, tags: Iterable[Tag] | None = None) -> Shape:
    """`tags` are in it only where somebody has loaded them: a live row goes without."""
    platforms = [
        *([Platform.FACEBOOK] if row.messenger_psid else []),
        *([Platform.INSTAGRAM] if row.instagram_sid else []),
    ]
    shape: Shape = {
        "id": str(row.id),
        "name": row.display_name,
        "username": row.username,
        "email": row.email,
        "phone": row.phone,
        "company": row.company,
        "platforms": platforms,
        "messengerPsid": row.messenger_psid,
        "instagramSid": row.instagram_sid,
        "facebookPageId": str(row.facebook_page_id),
        "profilePictureUrl": _picture_url(row),
        "referral": row.referral,
        "pipelineId": key(row.pipeline_id),
        "stageId": key(row.stage_id),
        "stageEnteredAt": timestamp(row.stage_entered_at),
        "isPinned": row.is_pinned,
        "leadScore": row.lead_score,
        "leadStatus": row.lead_status,
        "summary": row.summary,
        "analyzedAt": timestamp(row.analyzed_at),
        "usedFallback": row.used_fallback,
        "lastInteractionAt": timestamp(row.last_interaction_at),
        "mergedIntoId": key(row.merged_into_id),
        "createdAt": timestamp(row.created_at),
        "version": row.version,
    }
    return shape if tags is None else shape | {"tags": [tag(one) for one in tags]}


def tag(row: Tag) -> Shape:
    return {"id": str(row.id), "name": row.name, "colour": row.colour}


def _picture_url(row: Contact) -> str | None:
    """Names the file too, so that browsers may keep it for good."""
    if row.profile_picture_file_id is None:
        return None
    return f"/files/contacts/{row.id}/picture/{row.profile_picture_file_id}"
