"""Somebody at work: the API with their token, and what their socket hears."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import requests
from flask import Flask

from inbox.models import User
from tests.cast import api_token
from tests.realtime.ears import Ear

Shape = dict[str, Any]


class Seat:
    """`with Seat(url, token) as alice:` opens the socket too."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._ear: Ear | None = None

    @classmethod
    def of(cls, user: User, app: Flask, url: str) -> Seat:
        with app.app_context():
            return cls(url, api_token(user))

    @property
    def ear(self) -> Ear:
        if self._ear is None:
            self._ear = Ear(self.url, self.token)
        return self._ear

    def __enter__(self) -> Self:
        assert self.ear.is_open
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ear is not None:
            self._ear.close()
        self._session.close()

    def ask(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self._session.request(method, f"{self.url}/api/{path}", timeout=20, **arguments)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a 200."""
        return self._ok(self.ask("GET", path, params=query))

    def patch(self, path: str, body: object) -> Any:
        return self._ok(self.ask("PATCH", path, json=body))

    def post(self, path: str, body: object = None) -> Any:
        return self._ok(self.ask("POST", path, json=body))

    def conversations(self, **filters: Any) -> list[Shape]:
        found: list[Shape] = self.get("conversations", **filters)["items"]
        return found

    def messages(self, conversation_id: object) -> list[Shape]:
        """Newest first."""
        found: list[Shape] = self.get(f"conversations/{conversation_id}/messages", limit=100)[
            "items"
        ]
        return found

    def new_message(self) -> Shape:
        """The message that has just come: told live, and the same in the API."""
        event = self.ear.waits_for("new_message")
        message: Shape = event["message"]
        assert self._in_api(message) == message
        (row,) = [row for row in self.conversations() if row["id"] == event["chat_id"]]
        assert row == event["conversation"] or row["version"] > event["conversation"]["version"]
        return message

    def updated_message(self) -> Shape:
        message: Shape = self.ear.waits_for("message_updated")["message"]
        assert self._in_api(message) == message
        return message

    def _in_api(self, message: Shape) -> Shape:
        found = self.messages(message["conversationId"])
        (same,) = [one for one in found if one["id"] == message["id"]]
        return same

    @staticmethod
    def _ok(answer: requests.Response) -> Any:
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        return answer.json()
