"""Which events Meta delivers for a Page: `/{page}/subscribed_apps` (META_PLATFORM.md §6).

Instagram's own fields are chosen once for the app, in Meta's dashboard; a Page needs only to be
subscribed to something.
"""

from __future__ import annotations

from inbox.config import Config
from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import BRIEF, Graph

# All that meta/deliveries/webhook_items.py understands.
FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_deliveries",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "standby",
)


def subscribe(graph: Graph, page: PageAccess) -> None:
    """From now on Meta delivers; doing it again does no harm. Raises `MetaError`."""
    graph.post(
        page.page_id,
        "subscribed_apps",
        token=page.token,
        patience=BRIEF,
        body={"subscribed_fields": ",".join(FIELDS)},
    )


def subscribed_fields(graph: Graph, config: Config, page: PageAccess) -> set[str]:
    """The fields of our app at this Page; none when it is not subscribed. Raises `MetaError`."""
    answer = graph.get(page.page_id, "subscribed_apps", token=page.token)
    rows = answer.body.get("data")
    fields: set[str] = set()
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and str(row.get("id")) == config.facebook_app_id:
            given = row.get("subscribed_fields")
            fields.update(map(str, given) if isinstance(given, list) else ())
    return fields


def unsubscribe(graph: Graph, page: PageAccess) -> None:
    """Meta delivers nothing more for this Page. Raises `MetaError`."""
    graph.delete(page.page_id, "subscribed_apps", token=page.token)
