"""The JSON shape of each record: the same in the API, in events, and as input of the partials.

Keys are camelCase, ids are strings, times are ISO 8601 in UTC with milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inbox import partials
from inbox.models import (
    Attachment,
    Conversation,
    CopyState,
    Direction,
    FacebookPage,
    FetchJob,
    Message,
    Notification,
    Platform,
    SyncError,
    SyncJob,
    User,
)
from inbox.models.loading import quoted_messages
from inbox.shapes.contacts import activity as activity  # the folder's other files, by one name
from inbox.shapes.contacts import analysis as analysis
from inbox.shapes.contacts import contact as contact
from inbox.shapes.contacts import contact_row as contact_row
from inbox.shapes.contacts import evidence as evidence
from inbox.shapes.contacts import note as note
from inbox.shapes.contacts import tag as tag
from inbox.shapes.moments import Shape as Shape
from inbox.shapes.moments import timestamp as timestamp


def user(row: User) -> Shape:
    return {"id": str(row.id), "name": row.name, "email": row.email, "role": row.role}


def facebook_page(row: FacebookPage) -> Shape:
    """A page as the inbox shows it; never its token."""
    return {
        "id": str(row.id),
        "pageId": row.page_id,
        "name": row.name,
        "instagramAccountId": row.instagram_account_id,
        "hasHumanAgent": row.has_human_agent,
        "needsReconnect": row.needs_reconnect,
        "tokenError": row.token_error,
    }


def conversation(row: Conversation) -> Shape:
    """A list row. Needs `contact`, `assignee` and `facebook_page` loaded."""
    shape: Shape = {
        "id": str(row.id),
        "platform": row.platform,
        "status": row.status,
        "unreadCount": row.unread_count,
        "lastMessage": {
            "content": row.last_message_snippet,
            "direction": row.last_message_direction,
            "timestamp": timestamp(row.last_message_at),
        },
        "contact": contact(row.contact),
        "assignee": user_name(row.assignee),
        "facebookPage": {"id": str(row.facebook_page_id), "name": row.facebook_page.name},
        "lastIncomingAt": timestamp(row.last_incoming_at),
        "contactReadAt": timestamp(row.contact_read_at),
        "updatedAt": timestamp(row.last_message_at),
        "version": row.version,
    }
    shape["html"] = partials.conversation_html(shape)
    return shape


def user_name(row: User | None) -> Shape | None:
    """A colleague as others see them: no address, no rights."""
    return None if row is None else {"id": str(row.id), "name": row.name}


def message(row: Message, quoted: Message | None = None) -> Shape:
    """A bubble. Needs what `loading.message_rows` loads; `quoted` is the message it answers, where
    we have it."""
    files = [attachment(item) for item in row.attachments if item.type != "story_reply"]
    shape: Shape = {
        "id": str(row.id),
        "mid": row.mid,
        "conversationId": str(row.conversation_id),
        "content": "" if row.is_deleted else row.content,
        "sender": _sender(row),
        "direction": row.direction,
        "kind": row.kind,
        "delivery": row.delivery,
        "timestamp": timestamp(row.sent_at),
        "attachments": [] if row.is_deleted else files,
        "reactions": [
            {"emoji": reaction["emoji"], "by": reaction["by"]}
            for reaction in row.reactions
            if reaction["emoji"]
        ],
        "replyTo": _reply_to(row, quoted),
        "isDeleted": row.is_deleted,
        "editedAt": timestamp(row.edited_at),
        "author": user_name(row.author),
        "clientMessageId": row.client_message_id,
        "error": row.error_code and {"code": row.error_code, "message": row.error_message},
        "platform": row.platform,
        "version": row.version,
        **_extras(row),
    }
    shape["html"] = partials.message_html(shape)
    return shape


def messages(rows: Sequence[Message]) -> list[Shape]:
    """The bubbles of these rows (from `loading.message_rows`), with what they answer."""
    return list(each_message(rows))


def each_message(rows: Sequence[Message]) -> Iterator[Shape]:
    """The same, one by one, for who has other things to do in between."""
    quoted = quoted_messages(rows)
    for row in rows:
        yield message(row, quoted.get((row.facebook_page_id, row.reply_to_mid or "")))


def sync_job(row: SyncJob, errors: Sequence[SyncError] = ()) -> Shape:
    """Needs `facebook_page` and `requested_by` loaded."""
    return {
        "id": str(row.id),
        "facebookPageId": str(row.facebook_page_id),
        "facebookPageName": row.facebook_page.name,
        "kind": row.kind,
        "status": row.status,
        "totalContacts": row.total_contacts,
        "syncedContacts": row.synced_contacts,
        "failedContacts": row.failed_contacts,
        "newContacts": row.new_contacts,
        "syncedMessages": row.synced_messages,
        "newMessages": row.new_messages,
        "recoveredMessages": row.recovered_messages,
        "analyzedTotal": row.analyzed_total,
        "analyzedDone": row.analyzed_done,
        "graphCalls": row.graph_calls,
        "errors": [
            {"platform": e.platform, "id": e.thread_id, "error": e.error, "code": e.code,
             "name": e.name}
            for e in errors
        ],
        "tokenExpired": row.token_expired,
        "failure": row.failure,
        "waitingUntil": timestamp(row.waiting_until),
        "waitingReason": row.waiting_reason,
        "requestedBy": user_name(row.requested_by),
        "resumedFromId": row.resumed_from_id and str(row.resumed_from_id),
        "since": timestamp(row.since),
        "startedAt": timestamp(row.started_at),
        "completedAt": timestamp(row.completed_at),
        "durationSeconds": row.duration_seconds,
        "createdAt": timestamp(row.created_at),
        "updatedAt": timestamp(row.updated_at),
        "version": row.version,
    }  # fmt: skip


def fetch_job(row: FetchJob) -> Shape:
    """Needs `contact` loaded."""
    return {
        "id": str(row.id),
        "facebookPageId": str(row.facebook_page_id),
        "contactId": str(row.contact_id),
        "contactName": row.contact.display_name,
        "platform": row.platform,
        "status": row.status,
        "message": row.message,
        "error": row.error,
        "newMessages": row.new_messages,
        "startedAt": timestamp(row.started_at),
        "completedAt": timestamp(row.completed_at),
        "createdAt": timestamp(row.created_at),
        "updatedAt": timestamp(row.updated_at),
    }


def notification(row: Notification) -> Shape:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "title": row.title,
        "text": row.text,
        "link": row.link,
        "facebookPageId": row.facebook_page_id and str(row.facebook_page_id),
        "isRead": row.read_at is not None,
        "createdAt": timestamp(row.created_at),
    }


def attachment(row: Attachment) -> Shape:
    """`url` is ours, null until the copy is made; `state` says why there is none."""
    stored = row.stored_file
    return {
        "id": str(row.id),
        "type": row.type,
        "url": f"/files/attachments/{row.id}" if row.copy_state == CopyState.STORED else None,
        "name": row.name,
        "mimeType": stored and stored.mime_type,
        "size": stored and stored.size,
        "state": row.copy_state,
        "payload": row.payload,
    }


def _sender(row: Message) -> str:
    if row.direction == Direction.OUTGOING:
        return "agent"
    return "instagram_user" if row.platform == Platform.INSTAGRAM else "facebook_user"


def _reply_to(row: Message, quoted: Message | None) -> Shape | None:
    if quoted is not None:
        content = "" if quoted.is_deleted else quoted.content
        return {
            "id": str(quoted.id),
            "content": content,
            "direction": quoted.direction,
            "author": user_name(quoted.author),
        }
    story = next((item for item in row.attachments if item.type == "story_reply"), None)
    if story is not None:
        file = attachment(story)
        return {"storyUrl": file["url"], "state": file["state"], "mimeType": file["mimeType"]}
    return {"id": None, "content": None} if row.reply_to_mid else None


def _extras(row: Message) -> Shape:
    """What few messages have; absent keys are null so that partials and clients need no checks."""
    names = ("quickReply", "postback", "referral", "isUnsupported", "isStandby", "commands")
    return {name: row.extra.get(name) for name in names}
