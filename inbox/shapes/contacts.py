"""The shapes of contacts and of what people and the AI keep about them."""

from __future__ import annotations

from collections.abc import Iterable

from inbox import partials
from inbox.models import (
    Analysis,
    Contact,
    ContactActivity,
    ContactNote,
    Conversation,
    Message,
    PipelineStage,
    Platform,
    Tag,
    User,
)
from inbox.models.contact_rows import ContactRow
from inbox.shapes.moments import Shape, key, timestamp

WORDS = ("recommendation", "reasoning")  # of an activity, by the AI


def contact(row: Contact, tags: Iterable[Tag] | None = None, *, is_whole: bool = False) -> Shape:
    """`tags` are in it only where somebody has loaded them: a live row goes without. So it does
    without the `summary` of who has several conversations, which is for those who see them all
    (`is_whole`; see `models.ai_words`)."""
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
        "summary": row.summary if is_whole or len(platforms) == 1 else None,
        "analyzedAt": timestamp(row.analyzed_at),
        "usedFallback": row.used_fallback,
        "lastInteractionAt": timestamp(row.last_interaction_at),
        "mergedIntoId": key(row.merged_into_id),
        "createdAt": timestamp(row.created_at),
        "version": row.version,
    }
    return shape if tags is None else shape | {"tags": [tag(one) for one in tags]}


def contact_row(row: ContactRow) -> Shape:
    """A contact in the list, with its markup. `conversations` are those that whoever asks may see,
    the newest first."""
    shape = contact(row.contact, row.tags, is_whole=row.is_whole) | {
        "facebookPage": {"id": str(row.page.id), "name": row.page.name},
        "stage": row.stage and _stage(row.stage, row.pipeline.name if row.pipeline else ""),
        "conversations": [_thread(thread) for thread in row.threads],
    }
    shape["html"] = partials.contact_row_html(shape)
    return shape


def activity(row: ContactActivity, *, with_words: bool) -> Shape:
    """Needs `user` loaded; null is AI, or the system. `with_words` as for an analysis."""
    details = row.details
    if not with_words:
        details = {name: details[name] for name in details if name not in WORDS}
    return {
        "id": str(row.id),
        "contactId": str(row.contact_id),
        "type": row.type,
        "title": row.title,
        "details": details,
        "user": _person(row.user),
        "createdAt": timestamp(row.created_at),
    }


def note(row: ContactNote) -> Shape:
    """Needs `author` loaded."""
    return {
        "id": str(row.id),
        "text": row.text,
        "author": _person(row.author),
        "createdAt": timestamp(row.created_at),
        "editedAt": timestamp(row.edited_at),
    }


def analysis(row: Analysis, *, with_words: bool) -> Shape:
    """Without the AI's words for who may not read them (see `models.ai_words`)."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "summary": row.summary if with_words else None,
        "recommendedStage": row.recommended_stage if with_words else None,
        "leadScore": row.lead_score,
        "leadStatus": row.lead_status,
        "confidence": row.confidence,
        "reasoning": row.reasoning if with_words else None,
        "usedFallback": row.used_fallback,
        "retryCount": row.retry_count,
        "keyNumber": row.key_number,
        "model": row.model,
        "createdAt": timestamp(row.created_at),
    }


def evidence(row: Message) -> Shape:
    """A message that an analysis rests on."""
    return {
        "id": str(row.id),
        "conversationId": str(row.conversation_id),
        "content": "" if row.is_deleted else row.content,
        "direction": row.direction,
        "timestamp": timestamp(row.sent_at),
    }


def _person(row: User | None) -> Shape | None:
    return None if row is None else {"id": str(row.id), "name": row.name}


def _stage(row: PipelineStage, pipeline: str) -> Shape:
    return {"id": str(row.id), "name": row.name, "colour": row.colour, "pipeline": pipeline}


def _thread(row: Conversation) -> Shape:
    return {
        "id": str(row.id),
        "platform": row.platform,
        "status": row.status,
        "assignee": _person(row.assignee),
        "lastMessage": {
            "content": row.last_message_snippet,
            "direction": row.last_message_direction,
            "timestamp": timestamp(row.last_message_at),
        },
    }


def tag(row: Tag) -> Shape:
    return {"id": str(row.id), "name": row.name, "colour": row.colour}


def _picture_url(row: Contact) -> str | None:
    """Names the file too, so that browsers may keep it for good."""
    if row.profile_picture_file_id is None:
        return None
    return f"/files/contacts/{row.id}/picture/{row.profile_picture_file_id}"
