"""A browser's socket: it keeps what it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import socketio

Payload = dict[str, Any]


class Ear:
    """`with Ear(url, token) as ear:` listens; `ear.heard` is all of it, in order."""

    def __init__(self, url: str, token: str | None, **headers: str) -> None:
        self.heard: list[tuple[str, Payload]] = []
        self.pulses: list[str] = []  # they come at any time, so not among the others
        self._taken: set[int] = set()
        self._news = threading.Condition()
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", self._take)
        self._client.on("disconnect", self._closed)
        self.is_open = True
        try:
            self._client.connect(
                url,
                headers=headers,
                auth={"token": token} if token else None,
                transports=["websocket"],
                wait_timeout=5,
            )
        except socketio.exceptions.ConnectionError:
            self.close()
            raise

    def waits_for(
        self,
        name: str,
        where: Callable[[Payload], object] = lambda _: True,
        seconds: float = 5,
    ) -> Payload:
        """The first event of this name that nobody has waited for yet."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for n, (event, payload) in enumerate(self.heard):
                    if n not in self._taken and event == name and where(payload):
                        self._taken.add(n)
                        return payload
                left = deadline - time.monotonic()
                assert left > 0, f"no {name} in {seconds:g} s, but {self.names()}"
                self._news.wait(left)

    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    def all(self, name: str) -> list[Payload]:
        return [payload for event, payload in self.heard if event == name]

    def waits_until_closed(self, seconds: float = 5) -> None:
        with self._news:
            closed = self._news.wait_for(lambda: not self.is_open, seconds)
        assert closed, f"still open after {seconds:g} s"

    def says(self, name: str, content: object) -> None:
        """Sends an event, which browsers of ours do not."""
        self._client.emit(name, content)

    def close(self) -> None:
        self._client.disconnect()
        if self._client.eio.ws is not None:
            # After the server's goodbye the library may forget to end its own threads.
            self._client.eio.ws.shutdown()
            self._client.eio.queue.put(None)
        self._client.eio.wait()
        if self._client.eio.http is not None:
            self._client.eio.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _take(self, name: str, payload: Payload) -> None:
        with self._news:
            if name == "pulse":
                self.pulses.append(payload["change"])
            else:
                self.heard.append((name, payload))
            self._news.notify_all()

    def _closed(self, _reason: str = "") -> None:
        with self._news:
            self.is_open = False
            self._news.notify_all()
