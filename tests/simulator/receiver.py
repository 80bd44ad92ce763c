"""A tiny web server that takes webhooks: what came, byte for byte, and what it answers."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Arrived:
    body: bytes
    headers: dict[str, str]

    @property
    def envelope(self) -> dict[str, Any]:
        envelope: dict[str, Any] = json.loads(self.body)
        return envelope


@dataclass
class Receiver:
    """Answers `status` to every POST, or the next of `statuses`; 200 waits for `gate`."""

    verify_token: str = "verify-me"
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> ThreadingHTTPServer:
        self.gate.set()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{server.server_port}/api/webhooks/facebook"
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        return server

    def take(self, arrived: Arrived) -> int:
        with self._lock:
            self.arrived.append(arrived)
            status = self.statuses.pop(0) if self.statuses else self.status
        self.gate.wait(10)
        return status

    def items(self) -> list[dict[str, Any]]:
        """Every messaging or standby item that came, in order of arrival."""
        return [
            item
            for arrived in list(self.arrived)
            for entry in arrived.envelope["entry"]
            for item in entry.get("messaging", entry.get("standby", []))
        ]

    def texts(self) -> list[str]:
        messages = [item["message"] for item in self.items() if "message" in item]
        return [message["text"] for message in messages if "text" in message]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(Arrived(body, dict(self.headers.items())))
            self._answer(status, "")

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            right = query["hub.verify_token"] == [receiver.verify_token]
            self._answer(200 if right else 403, query["hub.challenge"][0] if right else "")

        def _answer(self, status: int, text: str) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                self.close_connection = True  # the sender has given up waiting

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Nothing: tests read `arrived`."""

    return Handler
