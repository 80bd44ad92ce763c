"""What a customer, or Meta, does beside writing: reactions, receipts, taps, control, odd things."""

from typing import Any

from inbox.simulator.acts import Act
from inbox.simulator.deliveries import Event
from inbox.simulator.world import REACTION_NAMES, Reaction


def reaction(act: Act) -> dict[str, Any]:
    """React to a message: `mid`, `emoji` (❤)."""
    message, emoji = act.message(), str(act.fields.get("emoji") or "❤")
    name = str(act.fields.get("reaction") or REACTION_NAMES.get(emoji, "other"))
    message.reactions["person"] = Reaction(name, emoji)
    act.open_window(act.at_ms())
    content = {"mid": message.mid, "action": "react", "reaction": name, "emoji": emoji}
    act.tell({"reaction": content})
    return {"mid": message.mid}


def unreact(act: Act) -> dict[str, Any]:
    """Take the reaction back: `mid`."""
    message = act.message()
    message.reactions.pop("person", None)
    act.tell({"reaction": {"mid": message.mid, "action": "unreact"}})
    return {"mid": message.mid}


def read(act: Act) -> dict[str, Any]:
    """The person saw our messages: up to a watermark (Messenger), or `mid` (Instagram)."""
    ours = [m for m in act.thread.messages if m.from_page]
    watermark = int(act.fields.get("watermark") or act.at_ms())
    if act.fields.get("mid"):
        watermark = act.message().created_ms
    for message in ours:
        if message.created_ms <= watermark:
            message.read_ms = message.read_ms or act.at_ms()
    if act.person.platform == "messenger":
        act.tell({"read": {"watermark": watermark}})
        return {"watermark": watermark}
    seen = [m.mid for m in ours if m.created_ms <= watermark]
    mid = act.fields.get("mid") or (seen[-1] if seen else act.need("mid"))
    act.tell({"read": {"mid": mid}})
    return {"mid": mid}


def delivery(act: Act) -> dict[str, Any]:
    """Our messages reached the phone: `mids` (left out if `with_mids` is false). Messenger."""
    watermark = int(act.fields.get("watermark") or act.at_ms())
    reached = [m for m in act.thread.messages if m.from_page and m.created_ms <= watermark]
    mids = [m.mid for m in reached if m.delivered_ms is None]
    for message in reached:
        message.delivered_ms = message.delivered_ms or act.at_ms()
    content: dict[str, Any] = {"watermark": watermark}
    if act.fields.get("with_mids", True):
        content["mids"] = act.fields.get("mids") or mids
    act.tell({"delivery": content})
    return content


def postback(act: Act) -> dict[str, Any]:
    """A tap on a button or on Get Started: `title`, `payload`, perhaps a `referral`."""
    content = {
        "mid": act.meta.world.new_mid(act.thread),
        "title": act.fields.get("title", "Get Started"),
        "payload": act.fields.get("payload", "GET_STARTED"),
    }
    if act.fields.get("referral"):
        content["referral"] = act.fields["referral"]
    act.open_window(act.at_ms())
    act.tell({"postback": content})
    return {"mid": content["mid"]}


def referral(act: Act) -> dict[str, Any]:
    """Came by a link or an ad into an existing thread: `ref`, `source`, perhaps `ad_id`."""
    source = "SHORTLINKS" if act.person.platform == "instagram" else "SHORTLINK"
    content = {
        "ref": act.fields.get("ref", "newsletter"),
        "source": act.fields.get("source", source),
        "type": "OPEN_THREAD",
    }
    content |= {key: act.fields[key] for key in ("ad_id", "ads_context_data") if key in act.fields}
    act.open_window(act.at_ms())
    act.tell({"referral": content})
    return {"ref": content["ref"]}


def optin(act: Act) -> dict[str, Any]:
    """Ticked a plugin's box: `ref`, or any `content`."""
    content = act.fields.get("content") or {"ref": act.fields.get("ref", "checkout")}
    act.tell({"optin": content})
    return {}


def policy_enforcement(act: Act) -> dict[str, Any]:
    """Meta blocks or warns the page (`action`, `reason`); such an event has no sender."""
    content = {
        "action": act.fields.get("action", "block"),
        "reason": act.fields.get("reason", "The bot violated our Platform Policies."),
    }
    item = {
        "recipient": {"id": act.page.own_id(act.person.platform)},
        "timestamp": act.at_ms(),
        "policy_enforcement": content,
    }
    _emit_item(act, item, "messaging_policy_enforcement")
    return {}


def account_linking(act: Act) -> dict[str, Any]:
    act.tell({"account_linking": {"status": "linked", "authorization_code": "simulated"}})
    return {}


def response_feedback(act: Act) -> dict[str, Any]:
    """Thumbs for an answer of ours: `mid`, `feedback`."""
    feedback = act.fields.get("feedback", "good response")
    act.tell({"response_feedback": {"feedback": feedback, "mid": act.message().mid}})
    return {}


def handover(act: Act) -> dict[str, Any]:
    """Control of the thread moves: `action` pass_thread, take_thread, request_thread, app_roles."""
    action, app_id = act.fields.get("action", "pass_thread"), act.meta.app.id
    if action == "app_roles":
        item = {
            "recipient": {"id": act.page.own_id(act.person.platform)},
            "timestamp": act.at_ms(),
            "app_roles": {app_id: ["primary_receiver"]},
        }
        _emit_item(act, item, "messaging_handovers")
        return {}
    content: dict[str, Any] = {"metadata": act.fields.get("metadata", "")}
    if action == "request_thread":
        content["requested_owner_app_id"] = app_id
    else:
        content |= {"previous_owner_app_id": None, "new_owner_app_id": app_id}
    act.tell({f"{action}_control": content})
    return {}


def dashboard_test(act: Act) -> dict[str, Any]:
    """The "Test" button of the app dashboard for Instagram: entry id "0", strings, `changes`."""
    value = {
        "sender": {"id": "12334"},
        "recipient": {"id": "23245"},
        "timestamp": "1527459824",
        "message": {"mid": "random_mid", "text": "random_text"},
    }
    change = {"field": "messages", "value": value}
    moment = act.at_ms()
    act.meta.webhooks.emit(
        Event(act.page.id, "instagram", "0", "messages", moment, change, "changes")
    )
    return {}


def comment(act: Act) -> dict[str, Any]:
    """A comment under a post (`text`): comes in `changes`, no message."""
    is_instagram = act.person.platform == "instagram"
    value = {
        "from": {"id": act.person.id, "name": act.person.name},
        "id": "5501_77",
        "text": act.fields.get("text", "So beautiful!"),
    }
    change = {"field": "comments" if is_instagram else "feed", "value": value}
    own_id = act.page.own_id(act.person.platform)
    kind = "instagram" if is_instagram else "page"
    act.meta.webhooks.emit(Event(act.page.id, kind, own_id, "feed", act.at_ms(), change, "changes"))
    return {}


def unknown(act: Act) -> dict[str, Any]:
    """Something the receiver has never heard of: `content` stands beside sender and recipient."""
    act.tell(act.fields.get("content") or {"hologram": {"id": "h_1", "shape": "sphere"}})
    return {}


def _emit_item(act: Act, item: dict[str, Any], subscription: str) -> None:
    is_instagram = act.person.platform == "instagram"
    act.meta.webhooks.emit(
        Event(
            page_id=act.page.id,
            object="instagram" if is_instagram else "page",
            entry_id=act.page.own_id(act.person.platform),
            subscription=subscription,
            at_ms=act.at_ms(),
            item=item,
            lane=act.person.id,
        )
    )
