"""The permissions that Inbox asks for, and what fails without each (META_PLATFORM.md §6)."""

from __future__ import annotations

from collections.abc import Iterable

MESSENGER_SCOPES = (
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
)
INSTAGRAM_SCOPES = ("instagram_basic", "instagram_manage_messages")
SCOPES = MESSENGER_SCOPES + INSTAGRAM_SCOPES
# Without these no Page can be connected at all.
NEEDED = frozenset({"pages_show_list", "pages_messaging", "pages_manage_metadata"})

WITHOUT = {
    "pages_show_list": "Inbox cannot see which Pages you manage, so none can be connected.",
    "pages_messaging": "Inbox can neither receive nor send Messenger messages, so no Page can be "
    "connected.",
    "pages_manage_metadata": "Meta will not deliver new messages to Inbox, so no Page can be "
    "connected.",
    "pages_read_engagement": "Earlier Messenger conversations cannot be imported.",
    "instagram_basic": "Inbox cannot see the Instagram account of a Page, so its messages stay "
    "out.",
    "instagram_manage_messages": "Instagram messages are neither received, sent nor imported.",
}


def missing_scopes(granted: Iterable[str], *, with_instagram: bool) -> list[str]:
    """Those that a Page needs and does not have, in the order of `SCOPES`."""
    has = frozenset(granted)
    wanted = SCOPES if with_instagram else MESSENGER_SCOPES
    return [scope for scope in wanted if scope not in has]
