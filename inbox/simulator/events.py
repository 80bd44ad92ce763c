"""Webhook items of every kind, in the shapes of META_PLATFORM §1.3 to §1.5."""

from typing import Any

from inbox.simulator.deliveries import Event
from inbox.simulator.world import Attachment, Message, Page, Person

# The subscribed field on object=page for each key that an item may carry.
SUBSCRIPTIONS = {
    "message": "messages",
    "message_edit": "message_edits",
    "reaction": "message_reactions",
    "read": "message_reads",
    "delivery": "message_deliveries",
    "postback": "messaging_postbacks",
    "referral": "messaging_referrals",
    "optin": "messaging_optins",
    "account_linking": "messaging_account_linking",
    "policy_enforcement": "messaging_policy_enforcement",
    "response_feedback": "response_feedback",
    "message_request": "messages",
    "pass_thread_control": "messaging_handovers",
    "take_thread_control": "messaging_handovers",
    "request_thread_control": "messaging_handovers",
    "app_roles": "messaging_handovers",
}
ALL_FIELDS = sorted({*SUBSCRIPTIONS.values(), "message_echoes", "standby", "feed", "inbox_labels"})


def from_person(
    page: Page, person: Person, at_ms: int, content: dict[str, Any], *, standby: bool = False
) -> Event:
    """An event whose sender is the person; `content` is what stands beside sender and recipient."""
    item = {
        "sender": {"id": person.id},
        "recipient": {"id": page.own_id(person.platform)},
        "timestamp": at_ms,
    } | content
    return _event(page, person, at_ms, item, standby=standby)


def from_page(page: Page, person: Person, at_ms: int, content: dict[str, Any]) -> Event:
    """An echo: the business is the sender and the person the recipient."""
    item = {
        "sender": {"id": page.own_id(person.platform)},
        "recipient": {"id": person.id},
        "timestamp": at_ms,
    } | content
    return _event(page, person, at_ms, item)


def _event(
    page: Page, person: Person, at_ms: int, item: dict[str, Any], *, standby: bool = False
) -> Event:
    is_echo = bool(item.get("message", {}).get("is_echo")) if "message" in item else False
    key = next((key for key in item if key in SUBSCRIPTIONS), "message")
    return Event(
        page_id=page.id,
        object="instagram" if person.platform == "instagram" else "page",
        entry_id=page.own_id(person.platform),
        subscription="standby"
        if standby
        else ("message_echoes" if is_echo else SUBSCRIPTIONS[key]),
        at_ms=at_ms,
        item=item,
        channel="standby" if standby else "messaging",
        lane=person.id,
    )


def message_content(message: Message, person: Person) -> dict[str, Any]:
    """The `message` object: text, attachments, what it answers, and echo keys for our own."""
    content: dict[str, Any] = {}
    if message.from_page:
        content["is_echo"] = True
        # How Instagram fills app_id is not documented, and it keeps no metadata.
        if person.platform == "messenger":
            content |= {"app_id": message.app_id} if message.app_id else {}
            content |= {"metadata": message.metadata} if message.metadata is not None else {}
    content["mid"] = message.mid
    if message.text:
        content["text"] = message.text
    if message.attachments:
        content["attachments"] = [attachment_content(a) for a in message.attachments]
    return {"message": content | _context(message, person) | message.extra}


def attachment_content(attachment: Attachment) -> dict[str, Any]:
    if attachment.payload is None:
        return {"type": attachment.type}
    return {"type": attachment.type, "payload": attachment.payload} | attachment.beside


def _context(message: Message, person: Person) -> dict[str, Any]:
    if message.story and message.story["kind"] == "reply_to":
        return {"reply_to": {"story": {"id": message.story["id"], "url": message.story["url"]}}}
    if message.reply_to is None:
        return {}
    if person.platform == "instagram":
        return {"reply_to": {"mid": message.reply_to}}
    return {"reply_to": {"mid": message.reply_to, "is_self_reply": message.is_self_reply}}
