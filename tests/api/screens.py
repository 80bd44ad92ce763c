"""What a browser holds: rows by id, of which a newer version replaces an older one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.api.seats import Seat

Shape = dict[str, Any]


class Screen:
    """The whole list and every thread of one person, followed by events or by `/api/changes`."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.conversations: dict[str, Shape] = {}
        self.messages: dict[str, Shape] = {}
        self.reloads = 0
        self.pages = 0
        self.cursor: str = seat.get("changes")["cursor"]
        self.fetch()

    def fetch(self) -> None:
        """As on a first visit, everything."""
        self.conversations = {row["id"]: row for row in self.seat.conversations(limit=100)}
        self.messages = {
            message["id"]: message
            for conversation_id in self.conversations
            for message in self.seat.messages(conversation_id)
        }

    def apply(self, events: Iterable[tuple[str, Shape]]) -> None:
        for name, event in events:
            if "message" in event:
                _newer(self.messages, event["message"])
            if "conversation" in event:
                _newer(self.conversations, event["conversation"])
            if name == "conversation_removed":
                self._drop(event["conversationId"])

    def catch_up(self) -> None:
        """As on a reconnect: page by page, until there is nothing more."""
        has_more = True
        while has_more:
            answer = self.seat.get("changes", since=self.cursor)
            self.pages += 1
            self.cursor, has_more = answer["cursor"], answer["hasMore"]
            if answer["reload"]:
                self.reloads += 1
                self.fetch()
            for row in answer["conversations"]:
                _newer(self.conversations, row)
            for message in answer["messages"]:
                _newer(self.messages, message)
            for conversation_id in answer["removedConversationIds"]:
                self._drop(conversation_id)

    def state(self) -> tuple[dict[str, Shape], dict[str, Shape]]:
        return self.conversations, self.messages

    def is_like_a_new_one(self) -> bool:
        return self.state() == Screen(self.seat).state()

    def _drop(self, conversation_id: str) -> None:
        self.conversations.pop(conversation_id, None)
        self.messages = {
            key: message
            for key, message in self.messages.items()
            if message["conversationId"] != conversation_id
        }


def _newer(rows: dict[str, Shape], row: Shape) -> None:
    known = rows.get(row["id"])
    if known is None or row["version"] >= known["version"]:
        rows[row["id"]] = row
