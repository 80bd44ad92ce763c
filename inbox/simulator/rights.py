"""What an owner's permissions and tasks let the app do (META_PLATFORM §2.1, §6)."""

from dataclasses import dataclass

from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError
from inbox.simulator.tokens import Bearer
from inbox.simulator.world import Platform

READING: dict[Platform, tuple[str, ...]] = {
    "messenger": ("pages_messaging", "pages_manage_metadata", "pages_read_engagement"),
    "instagram": ("instagram_manage_messages", "instagram_basic", "pages_manage_metadata"),
}
WRITING: dict[Platform, tuple[str, ...]] = {
    "messenger": ("pages_messaging",),
    "instagram": ("instagram_manage_messages",),
}
NEEDED = dict.fromkeys(("conversations", "messages", "thread", "message"), READING)
NEEDED |= dict.fromkeys(("send", "sender_action", "profile"), WRITING)
TASKS_NEEDED = ("MESSAGING", "MODERATE")


@dataclass(frozen=True)
class Target:
    """The door's name for faults, whom the call is about, and on which platform."""

    door: str
    person_id: str = ""
    platform: Platform = "messenger"


def check_rights(bearer: Bearer, target: Target, call: GraphCall) -> None:
    """GraphError 200 when a permission was declined, or the owner may not do this on the page."""
    if target.door == "subscribed_apps":
        _check_subscribing(bearer, call)
        return
    needed = NEEDED[target.door][target.platform] if target.door in NEEDED else ()
    if missing := bearer.lacks(*needed):
        text = f"(#200) Requires {missing} permission to manage the object."
        raise GraphError(200, text, status=403)
    if needed and not bearer.may_do(*TASKS_NEEDED):
        raise _no_task()


def _check_subscribing(bearer: Bearer, call: GraphCall) -> None:
    if call.method == "POST" and bearer.lacks("pages_messaging"):
        text = "(#200) To subscribe to the messages field, one of these permissions is needed: "
        raise GraphError(200, text + "pages_messaging", status=403)
    if missing := bearer.lacks("pages_manage_metadata"):
        text = f"(#200) Requires {missing} permission to manage the object."
        raise GraphError(200, text, status=403)
    if call.method != "GET" and not bearer.may_do(*TASKS_NEEDED, "MANAGE"):
        raise _no_task()


def _no_task() -> GraphError:
    text = "(#200) User does not have sufficient administrative permission for this action on this "
    return GraphError(200, text + "page.", status=403)
