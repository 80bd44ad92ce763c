"""A file server of a test's own, which may answer in any way a test can think of."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + b"the rest of a picture"

Handler = BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


class FileServer:
    """`asked` are the paths of all requests so far, `headers` those of the last one."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.names: list[str | None] = []
        self.ended = threading.Event()
        self._answers: dict[str, Answer] = {}
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self.host, self.port = host, self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.netloc}{path}"

    def answers(self, path: str, answer: Answer) -> str:
        """The URL of a path, at which `answer` says everything itself."""
        self._answers[path] = answer
        return self.url(path)

    def gives(self, path: str, content: bytes = PNG, status: int = 200, **headers: str) -> str:
        """The URL of a path with this content. Headers are written with `_` for `-`."""
        return self.answers(path, lambda handler: reply(handler, content, status, **headers))

    def use_tls(self, certificate: Path, key: Path) -> None:
        """From now on; `names` are those that clients asked for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[Handler]:
        server = self

        class Asked(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.headers = dict(self.headers.items())
                answer = server._answers.get(self.path)
                if answer is None:
                    reply(self, b"nothing here", 404)
                else:
                    answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
                pass

            def handle(self) -> None:
                with suppress(OSError):  # the other side may have had enough
                    super().handle()

        return Asked


def reply(handler: Handler, content: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in ({"Content-Length": str(len(content))} | given).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def redirect_to(url: str, **headers: str) -> Answer:
    return lambda handler: reply(handler, b"", 302, Location=url, **headers)


def serving(host: str = "127.0.0.1") -> Iterator[FileServer]:
    server = FileServer(host)
    yield server
    server.stop()


class Slow:
    """An answer that comes when the test says so. `begun` counts who asked for it, `most` how
    many at a time."""

    def __init__(self, content: bytes = PNG, status: int = 200) -> None:
        self._answer = (content, status)
        self.may_end = threading.Event()
        self.begun = self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, handler: Handler) -> None:
        with self._lock:
            self.begun += 1
            self._now += 1
            self.most = max(self.most, self._now)
        self.may_end.wait(20)
        with self._lock:
            self._now -= 1  # before the answer, after which the next one may come
        reply(handler, *self._answer)
