"""What Meta sends: items, envelopes and signatures, and the door they go to."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

import requests

from inbox.simulator.signature import signature_headers, wire_text
from tests.apps import APP_SECRET

NOON = 1_790_000_000_000  # ms: 2026-09-21, 14:13:20 UTC
MINUTE = 60_000

Item = dict[str, Any]
numbers = itertools.count(1)


def new_mid() -> str:
    return f"m_test{next(numbers)}"


@dataclass(frozen=True)
class Line:
    """The thread between one person and one account of ours, by Meta's names for both."""

    platform: str
    account: str
    person: str

    @property
    def object(self) -> str:
        return "page" if self.platform == "FACEBOOK" else "instagram"

    def with_person(self, person: str) -> Line:
        return Line(self.platform, self.account, person)

    def item(self, at: Any = NOON, **content: Any) -> Item:
        """An event whose sender is the person."""
        parties = {"sender": {"id": self.person}, "recipient": {"id": self.account}}
        return parties | {"timestamp": at} | content

    def text(self, text: str, mid: str | None = None, at: Any = NOON, **more: Any) -> Item:
        return self.item(at, message={"mid": mid or new_mid(), "text": text} | more)

    def echo(self, text: str, mid: str | None = None, at: Any = NOON, **more: Any) -> Item:
        """Meta's copy of what our side wrote: sender and recipient change places."""
        parties = {"sender": {"id": self.account}, "recipient": {"id": self.person}}
        message = {"is_echo": True, "mid": mid or new_mid(), "text": text} | more
        return parties | {"timestamp": at, "message": message}

    def delivery(self, *items: Any, slot: str = "messaging") -> dict[str, Any]:
        """One delivery with an entry for each item, as the simulator's batches have."""
        entries = [{"id": self.account, "time": NOON, slot: [item]} for item in items]
        return {"object": self.object, "entry": entries}


@dataclass
class Door:
    """`POST /api/webhooks/facebook`, with a connection of its own for each thread."""

    url: str
    _own: threading.local = field(default_factory=threading.local)

    def post(
        self, body: bytes, headers: dict[str, str] | None = None, seconds: float = 20
    ) -> requests.Response:
        """Signed as Meta signs, unless other headers are given."""
        if headers is None:
            headers = signature_headers(body, APP_SECRET)
        return self._session().post(
            f"{self.url}/api/webhooks/facebook",
            data=body,
            headers={"Content-Type": "application/json"} | headers,
            timeout=seconds,
            allow_redirects=False,
        )

    def takes(self, payload: dict[str, Any] | bytes) -> None:
        """The door answers 200 to this delivery."""
        body = payload if isinstance(payload, bytes) else wire_text(payload)
        answer = self.post(body)
        assert (answer.status_code, answer.text) == (200, "EVENT_RECEIVED")

    def verify(self, **query: str) -> requests.Response:
        named = {f"hub.{name}": value for name, value in query.items()}
        return self._session().get(f"{self.url}/api/webhooks/facebook", params=named, timeout=20)

    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False
        session: requests.Session = self._own.session
        return session
