"""The Send API: what it accepts, what it refuses, and what follows (META_PLATFORM §3)."""

from dataclasses import dataclass
from typing import Any

from inbox.simulator import events
from inbox.simulator.clock import DAY_MS, SECOND_MS
from inbox.simulator.graph_errors import GraphError, parameter
from inbox.simulator.media import SAMPLES
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.records import remember
from inbox.simulator.world import Attachment, Message, Page, Person, Reaction, Thread

MESSENGER_TEXT_CHARACTERS = 2000
INSTAGRAM_TEXT_BYTES = 1000
TYPING_MS = 20 * SECOND_MS
MESSAGING_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
REFUSED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")


@dataclass
class SendRequest:
    """A checked call: to whom, and the arguments as given."""

    meta: PretendMeta
    page: Page
    person: Person
    arguments: dict[str, Any]

    @property
    def thread(self) -> Thread:
        return self.meta.world.thread_with(self.person)


def read_request(meta: PretendMeta, page: Page, arguments: dict[str, Any]) -> SendRequest:
    """Find the recipient (GraphError for none, a stranger, or one who blocked the page)."""
    recipient = arguments.get("recipient")
    if not isinstance(recipient, dict) or not recipient.get("id"):
        raise parameter("The parameter recipient is required")
    person = meta.world.take_in(str(recipient["id"]))
    if person is None or person.page_id != page.id:
        raise parameter("No matching user found", 2018001)
    if person.blocked:
        raise GraphError(551, "(#551) This person isn't available right now.", 1545041)
    return SendRequest(meta, page, person, arguments)


def send_message(request: SendRequest) -> Message:
    """Store the message if it may be sent (GraphError else); tells nobody yet."""
    content = request.arguments.get("message")
    if not isinstance(content, dict):
        raise parameter("The parameter message is required")
    _check_window(request)
    text = content.get("text")
    attachments = _attachments(content)
    _check_content(request.person, text, attachments, content)
    meta = request.meta
    message = Message(
        mid=meta.world.new_mid(request.thread),
        from_page=True,
        created_ms=meta.clock.now_ms(),
        text=str(text or ""),
        attachments=attachments,
        reply_to=_reply_to(request),
        quick_replies=list(content.get("quick_replies") or []),
        metadata=content.get("metadata"),
        app_id=int(meta.app.id),
    )
    with meta.world.lock:
        meta.world.add_message(request.thread, message)
        record = {"personId": request.person.id, "pageId": request.page.id, "mid": message.mid}
        remember(meta.sent, record | {"atMs": message.created_ms, "request": request.arguments})
    return message


def sender_action(request: SendRequest) -> None:
    """typing_on, typing_off, mark_seen, react, unreact (GraphError for anything else)."""
    thread, now = request.thread, request.meta.clock.now_ms()
    payload = _mapping(request.arguments.get("payload"), "payload")
    match request.arguments["sender_action"]:
        case "typing_on":
            thread.page_typing_until_ms = now + TYPING_MS
        case "typing_off":
            thread.page_typing_until_ms = 0
        case "mark_seen":
            thread.page_seen_ms = now
        case "react" | "unreact" as action:
            message = thread.message(str(payload.get("message_id")))
            if message is None:
                raise parameter("Invalid message id")
            message.reactions.pop("page", None)
            if action == "react":
                emoji = str(payload.get("reaction", "❤"))
                message.reactions["page"] = Reaction("love", emoji)
        case other:
            raise GraphError(100, f"(#100) Invalid sender action: {other}", 2018014)


def tell_echo(request: SendRequest, message: Message) -> None:
    content = events.message_content(message, request.person)
    event = events.from_page(request.page, request.person, message.created_ms, content)
    request.meta.webhooks.emit(event)


def _check_window(request: SendRequest) -> None:
    kind = request.arguments.get("messaging_type", "RESPONSE")
    tag = request.arguments.get("tag")
    if kind not in MESSAGING_TYPES:
        raise parameter(f"Param messaging_type must be one of {set(MESSAGING_TYPES)}")
    if tag in REFUSED_TAGS:
        raise parameter(f"The tag {tag} is no longer supported")
    if kind == "MESSAGE_TAG" and not tag:
        raise parameter("The parameter tag is required with MESSAGE_TAG")
    age_ms = request.meta.clock.now_ms() - request.thread.window_opened_ms
    by_human = kind == "MESSAGE_TAG" and tag == "HUMAN_AGENT" and request.page.has_human_agent
    if age_ms <= (7 * DAY_MS if by_human else DAY_MS):
        return
    subcode = 2534022 if request.person.platform == "instagram" else 2018278
    text = "(#10) This message is sent outside of allowed window. Learn more about the new policy."
    raise GraphError(10, text, subcode)


def _check_content(
    person: Person, text: object, attachments: list[Attachment], content: dict[str, Any]
) -> None:
    if text is not None and not isinstance(text, str):
        raise parameter("Param message[text] must be a string")
    if not text and not attachments:
        raise parameter("Message cannot be empty, must provide valid attachment or text")
    if text and attachments:
        raise parameter("Message must have either text or an attachment, not both")
    if text and person.platform == "messenger" and len(text) >= MESSENGER_TEXT_CHARACTERS:
        raise parameter("Length of param message[text] must be less than or equal to 2000")
    if text and person.platform == "instagram" and len(text.encode()) > INSTAGRAM_TEXT_BYTES:
        raise parameter("Length of param message[text] must be less than or equal to 1000")
    if len(str(content.get("metadata") or "")) >= 1000:
        raise parameter("Length of param message[metadata] must be less than 1000")
    if len(content.get("quick_replies") or []) > 13:
        raise parameter("Param message[quick_replies] has too many elements.")


def _attachments(content: dict[str, Any]) -> list[Attachment]:
    alone = [content["attachment"]] if content.get("attachment") else []
    given = content.get("attachments") or alone
    made = []
    for raw in given:
        each = _mapping(raw, "message[attachment]")
        payload = _mapping(each.get("payload"), "message[attachment][payload]")
        if each.get("type") not in SAMPLES and each.get("type") != "template":
            raise parameter(f"Invalid attachment type {each.get('type')!r}")
        if each["type"] in ("image", "video", "audio", "file") and not payload.get("url"):
            raise parameter("Upload attachment failure.", 2018047)
        made.append(Attachment(each["type"], payload))
    return made


def _reply_to(request: SendRequest) -> str | None:
    mid = _mapping(request.arguments.get("reply_to"), "reply_to").get("mid")
    if mid is not None and request.thread.message(str(mid)) is None:
        raise parameter("Invalid reply_to message id")
    return str(mid) if mid is not None else None


def _mapping(value: object, name: str) -> dict[str, Any]:
    """An object, or an empty one for nothing (GraphError for anything else)."""
    if value is not None and not isinstance(value, dict):
        raise parameter(f"Param {name} must be an object")
    return value or {}
