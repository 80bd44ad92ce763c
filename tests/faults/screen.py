"""A browser window that is compared with the database, and what its socket told it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from playwright.sync_api import WebSocket

from inbox.models import User
from tests.api.seats import Seat
from tests.e2e.window import Window

SHOWN = """() => ({
  rows: [...document.querySelectorAll("#rows > .row")].map((row) => [
    row.dataset.id,
    Number(row.dataset.version),
    row.querySelector(".row-badge")?.firstChild.textContent ?? "",
    row.querySelector(".row-snippet")?.lastChild.textContent.trim(),
  ]),
  messages: [...document.querySelectorAll("#messages > .message")].map((one) => one.dataset.id),
  isWhole: !document.querySelector("#thread-top .thread-begin").hidden,
})"""
FIRST_PAGE = 30  # messages that an opened thread shows at least, if it has as many


class Screen:
    """`difference()` says in what the DOM is unlike the API's answer right after, "" if in
    nothing. `heard` counts the new messages that came over the socket, by id."""

    def __init__(self, window: Window, user: User, seat: Seat, opened_id: int) -> None:
        self.window = window
        self.name = user.name
        self.is_admin = user.is_admin
        self.seat = seat
        self.opened_id = opened_id
        self.heard: Counter[str] = Counter()
        window.page.on("websocket", self._listen)
        window.go(f"/inbox/{opened_id}")

    def leave(self) -> None:
        """Hears no more."""
        self.window.leave()
        if not self.window.page.is_closed():
            self.window.page.remove_listener("websocket", self._listen)

    def difference(self) -> str:
        shown = self.window.measure(SHOWN)
        rows = [_row(shape) for shape in self.seat.conversations(limit=100)]
        if shown["rows"] != rows:
            return f"{self.name}'s list: {_first_unlike(shown['rows'], rows)}"
        in_thread = self.ids_in_thread()
        count = len(shown["messages"])
        least = len(in_thread) if shown["isWhole"] else min(FIRST_PAGE, len(in_thread))
        if count < least or shown["messages"] != in_thread[len(in_thread) - count :]:
            return f"{self.name}'s thread: {count} of {len(in_thread)} messages, or not those"
        return ""

    def ids_in_thread(self) -> list[str]:
        """From the oldest on, by the API."""
        ids: list[str] = []
        query: dict[str, Any] = {"limit": 100}
        while query.get("before", True):
            page = self.seat.get(f"conversations/{self.opened_id}/messages", **query)
            ids += [shape["id"] for shape in page["items"]]
            query["before"] = page["nextCursor"]
        return ids[::-1]

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._hear)

    def _hear(self, frame: str | bytes) -> None:
        if isinstance(frame, str) and frame.startswith('42["new_message"'):
            self.heard[json.loads(frame[2:])[1]["message"]["id"]] += 1


def _row(shape: dict[str, Any]) -> list[Any]:
    unread = shape["unreadCount"]
    badge = "" if not unread else str(unread) if unread < 1000 else "999+"
    snippet = shape["lastMessage"]["content"] or "No messages yet"
    return [shape["id"], shape["version"], badge, " ".join(snippet.split())]


def _first_unlike(shown: list[Any], rows: list[Any]) -> str:
    pairs = zip(shown, rows, strict=False)
    unlike = [f"shows {one}, is {other}" for one, other in pairs if one != other]
    return unlike[0] if unlike else f"shows {len(shown)} rows of {len(rows)}"
