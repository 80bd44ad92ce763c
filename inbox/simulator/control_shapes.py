"""How pages, people and threads look in the simulator's own JSON."""

from typing import Any

from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Message, Page, Person, Thread


def page_shape(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "name": page.name,
        "token": page.token,
        "instagramAccountId": page.instagram_account_id,
        "instagramUsername": page.instagram_username,
        "hasHumanAgent": page.has_human_agent,
        "subscribedFields": page.subscribed_fields,
        "tokenError": page.token_error,
    }


def person_shape(meta: PretendMeta, person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "pageId": person.page_id,
        "platform": person.platform,
        "name": person.name,
        "username": person.username,
        "language": person.language,
        "pictureUrl": meta.media_url(person.picture),
        "blocked": person.blocked,
        "profileFailure": person.profile_failure,
        "reads": person.reads,
    }


def message_shape(message: Message) -> dict[str, Any]:
    return {
        "mid": message.mid,
        "direction": "OUTGOING" if message.from_page else "INCOMING",
        "text": message.text,
        "timestampMs": message.created_ms,
        "attachments": [
            {"type": a.type, "payload": a.payload, "mimeType": a.mime_type, "name": a.name}
            for a in message.attachments
        ],
        "reactions": [
            {"by": who, "emoji": reaction.emoji, "reaction": reaction.reaction}
            for who, reaction in message.reactions.items()
        ],
        "replyTo": message.reply_to,
        "story": message.story,
        "extra": message.extra,
        "quickReplies": message.quick_replies,
        "isDeleted": message.is_deleted,
        "edits": message.edits,
        "deliveredMs": message.delivered_ms,
        "readMs": message.read_ms,
    }


def thread_shape(meta: PretendMeta, thread: Thread) -> dict[str, Any]:
    person = meta.world.people[thread.person_id]
    return {
        "threadId": thread.id,
        "pageId": thread.page_id,
        "platform": thread.platform,
        "person": person_shape(meta, person),
        "unread": len(thread.unread()),
        "windowOpenedMs": thread.window_opened_ms,
        "pageSeenMs": thread.page_seen_ms,
        "isTyping": thread.page_typing_until_ms > meta.clock.now_ms(),
        "messages": [message_shape(message) for message in thread.messages],
    }
