"""Reading threads at Meta (META_PLATFORM.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import Graph

DETAILED = 20  # of older messages Meta tells no details


@dataclass(frozen=True)
class ThreadMessage:
    """One message as the thread shows it. `by_us`: written by the business, wherever."""

    mid: str
    text: str
    created_at: datetime
    by_us: bool


def newest_messages(
    graph: Graph, page: PageAccess, *, platform: str, person_id: str
) -> list[ThreadMessage]:
    """The newest messages of the thread with this person, newest first; what cannot be read of
    them is left out. Raises `MetaError`."""
    answer = graph.get(
        page.page_id,
        "conversations",
        token=page.token,
        platform="instagram" if platform == "INSTAGRAM" else "messenger",
        user_id=person_id,
        fields=f"messages.limit({DETAILED}){{id,message,from,created_time}}",
    )
    messages = [
        _message(row, person_id)
        for thread in _rows(answer.body)
        for row in _rows(thread.get("messages"))
    ]
    return [message for message in messages if message is not None]


def _rows(edge: Any) -> list[dict[str, Any]]:
    rows = edge.get("data") if isinstance(edge, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _message(row: dict[str, Any], person_id: str) -> ThreadMessage | None:
    sender = row.get("from")
    if not isinstance(sender, dict) or not isinstance(row.get("id"), str):
        return None
    try:
        created_at = datetime.strptime(str(row.get("created_time")), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None
    text = row.get("message")
    by_us = str(sender.get("id")) != person_id
    return ThreadMessage(row["id"], text if isinstance(text, str) else "", created_at, by_us)
