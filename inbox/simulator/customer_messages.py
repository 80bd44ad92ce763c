"""Messages that a customer writes, edits or takes back."""

from typing import Any

from inbox.simulator import events
from inbox.simulator.acts import Act
from inbox.simulator.attachments import make_attachment
from inbox.simulator.world import Attachment, Message

MAX_EDITS = 5  # Messenger allows five edits of a message (message_edits reference)
PAGE_INBOX_APP_ID = 26390203743090


def text(act: Act) -> dict[str, Any]:
    """`text`; may carry `reply_to` (a mid) and `attachments` [{type, media | url | payload}]."""
    attachments = [make_attachment(act.meta, each) for each in act.fields.get("attachments", [])]
    if not attachments:
        act.need("text")
    return _write(act, attachments=attachments)


def attachment(act: Act) -> dict[str, Any]:
    """`type` as in META_PLATFORM §1.3, with `media` (a shelf name), `url` or a whole `payload`."""
    act.need("type")
    return _write(act, attachments=[make_attachment(act.meta, act.fields)])


def quick_reply(act: Act) -> dict[str, Any]:
    """A tap on an offered button: `text` is its title, `payload` what we gave it."""
    return _write(act, quick_reply={"payload": act.need("payload")})


def story_reply(act: Act) -> dict[str, Any]:
    """`text` in answer to our story (`url`, `story_id`). Instagram."""
    return _write(act, story=_story(act, "reply_to"))


def story_mention(act: Act) -> dict[str, Any]:
    """The person mentioned us in a story (`url`). Instagram."""
    story = _story(act, "mention")
    mention = Attachment("story_mention", {"url": story["url"]}, "image/png", "story")
    return _write(act, attachments=[mention], story=story)


def ad_message(act: Act) -> dict[str, Any]:
    """`text` written from an ad: `ad_id`, `ref`, `title`."""
    context = {
        "ad_title": act.fields.get("title", "Autumn glazes"),
        "photo_url": act.meta.media_url("bowl.png"),
        "post_id": "5501",
    }
    referral = {
        "ref": act.fields.get("ref", "autumn"),
        "ad_id": str(act.fields.get("ad_id", "6045246247433")),
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ads_context_data": context,
    }
    return _write(act, referral=referral)


def product_question(act: Act) -> dict[str, Any]:
    """`text` written from a shop product (`product_id`)."""
    return _write(act, referral={"product": {"id": str(act.fields.get("product_id", "4400"))}})


def command(act: Act) -> dict[str, Any]:
    """A slash command (`name`) beside its text."""
    return _write(act, commands=[{"name": act.need("name")}])


def unsupported(act: Act) -> dict[str, Any]:
    """Something that Meta's API cannot show: no text, `is_unsupported`."""
    return _write(act, is_unsupported=True)


def standby(act: Act) -> dict[str, Any]:
    """`text` while another app is in control of the thread."""
    message = _message(act)
    act.meta.world.add_message(act.thread, message)
    act.open_window(message.created_ms)
    content = events.message_content(message, act.person)
    event = events.from_person(act.page, act.person, message.created_ms, content, standby=True)
    act.meta.webhooks.emit(event)
    return {"mid": message.mid}


def page_inbox(act: Act) -> dict[str, Any]:
    """Our side answers in Meta's own Page Inbox: an echo with a foreign app_id comes."""
    message = _message(act)
    message.from_page = True
    message.app_id = int(act.fields.get("app_id", PAGE_INBOX_APP_ID))
    act.meta.world.add_message(act.thread, message)
    content = events.message_content(message, act.person)
    event = events.from_page(act.page, act.person, message.created_ms, content)
    act.meta.webhooks.emit(event)
    return {"mid": message.mid}


def edit(act: Act) -> dict[str, Any]:
    """Change the text of an own message: `mid`, `text`."""
    message = act.message()
    if message.from_page or message.edits >= MAX_EDITS:
        raise ValueError("only an own message, at most five times")
    message.text = str(act.need("text"))
    message.edits += 1
    change = {"mid": message.mid, "text": message.text, "num_edit": message.edits}
    act.tell({"message_edit": change})
    return {"mid": message.mid, "numEdit": message.edits}


def unsend(act: Act) -> dict[str, Any]:
    """Take an own message back: `mid`."""
    message = act.message()
    if message.from_page:
        raise ValueError("only an own message can be unsent")
    message.is_deleted = True
    message.text, message.attachments = "", []
    act.tell({"message": {"mid": message.mid, "is_deleted": True}})
    return {"mid": message.mid}


def _write(
    act: Act,
    attachments: list[Attachment] | None = None,
    story: dict[str, Any] | None = None,
    **extra: Any,
) -> dict[str, Any]:
    message = _message(act)
    message.attachments, message.story, message.extra = attachments or [], story, extra
    act.meta.world.add_message(act.thread, message)
    act.open_window(message.created_ms)
    act.tell(events.message_content(message, act.person), message.created_ms)
    return {"mid": message.mid}


def _message(act: Act) -> Message:
    reply_to = act.message("reply_to") if act.fields.get("reply_to") else None
    return Message(
        mid=str(act.fields.get("mid") or act.meta.world.new_mid(act.thread)),
        from_page=False,
        created_ms=act.at_ms(),
        text=str(act.fields.get("text") or ""),
        reply_to=reply_to.mid if reply_to else None,
        is_self_reply=reply_to is not None and not reply_to.from_page,
    )


def _story(act: Act, kind: str) -> dict[str, Any]:
    url = act.fields.get("url") or act.meta.media_url("story.png")
    return {"kind": kind, "id": str(act.fields.get("story_id", "17900000000000001")), "url": url}
