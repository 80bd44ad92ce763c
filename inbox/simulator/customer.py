"""What a customer can do; each kind changes the world and sends its webhook."""

from collections.abc import Callable
from typing import Any

from inbox.simulator import customer_messages as messages
from inbox.simulator import customer_signals as signals
from inbox.simulator.acts import Act
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Person

KINDS: dict[str, Callable[[Act], dict[str, Any]]] = {
    "text": messages.text,
    "attachment": messages.attachment,
    "quick_reply": messages.quick_reply,
    "story_reply": messages.story_reply,
    "story_mention": messages.story_mention,
    "ad_message": messages.ad_message,
    "product_question": messages.product_question,
    "command": messages.command,
    "unsupported": messages.unsupported,
    "standby": messages.standby,
    "page_inbox": messages.page_inbox,
    "edit": messages.edit,
    "unsend": messages.unsend,
    "reaction": signals.reaction,
    "unreact": signals.unreact,
    "read": signals.read,
    "delivery": signals.delivery,
    "postback": signals.postback,
    "referral": signals.referral,
    "optin": signals.optin,
    "policy_enforcement": signals.policy_enforcement,
    "account_linking": signals.account_linking,
    "response_feedback": signals.response_feedback,
    "handover": signals.handover,
    "dashboard_test": signals.dashboard_test,
    "comment": signals.comment,
    "unknown": signals.unknown,
}


def perform(meta: PretendMeta, person: Person, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Do one thing as this person.

    `fields` differ by kind and stand in its function; `at_ms` may date any of them. Raises
    ValueError for an unknown kind or a missing field, LookupError for an unknown message.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
    with meta.world.lock:
        return KINDS[kind](Act(meta, person, fields))
