"""Browsers, as far as the server can tell: Socket.IO over WebSocket, in a process of its own."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench.apart import Apart
from bench.load import Address

MID = re.compile(r'"mid": ?"([^"]+)"')
AT_ONCE = 10  # connections that are being opened
SILENCE_SECONDS = 10  # after which no more is expected
PATH = "/socket.io/?EIO=4&transport=websocket"

Receipt = tuple[str, int, float]
"""A mid, the place of the client that got it, the moment."""


class Listeners:
    """Clients of one server, one for each token; each offers compression, as browsers do. A token
    that is None is a client of the bare server."""

    def __init__(self, address: Address, tokens: Sequence[str | None]) -> None:
        self._apart = Apart(_Room())
        self._apart.call("open", address, tokens)

    def receipts(self, expected: int) -> list[Receipt]:
        """All `new_message` since the last call, once as many came as expected, or nothing more
        came for a while."""
        found: list[Receipt] = self._apart.call("wait", expected)
        return found

    def stop(self) -> None:
        self._apart.stop()


@dataclass
class _Room:
    """Lives in the process apart; its event loop runs in a thread, so that it always listens."""

    receipts: list[Receipt] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _readers: list[asyncio.Future[None]] = field(default_factory=list)

    def __call__(self, verb: str, *arguments: Any) -> Any:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        work: Callable[..., Any] = self._open if verb == "open" else self._wait
        return asyncio.run_coroutine_threadsafe(work(*arguments), self._loop).result()

    async def _open(self, address: Address, tokens: Sequence[str | None]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        sockets = await asyncio.gather(*(_open(address, token, gate) for token in tokens))
        self._readers = [
            asyncio.ensure_future(self._read(number, opened))
            for number, opened in enumerate(sockets)
        ]

    async def _read(self, number: int, opened: ClientConnection) -> None:
        async for frame in opened:
            assert isinstance(frame, str)
            if frame == "2":  # Engine.IO's ping
                await opened.send("3")
            elif frame.startswith('42["new_message"') and (found := MID.search(frame)):
                self.receipts.append((found[1], number, time.monotonic()))

    async def _wait(self, expected: int) -> list[Receipt]:
        last, since = -1, time.monotonic()
        while len(self.receipts) < expected and time.monotonic() - since < SILENCE_SECONDS:
            if len(self.receipts) != last:
                last, since = len(self.receipts), time.monotonic()
            await asyncio.sleep(0.02)
        found, self.receipts = self.receipts, []
        return found


async def _open(address: Address, token: str | None, gate: asyncio.Semaphore) -> ClientConnection:
    async with gate:
        url = f"ws://{address[0]}:{address[1]}{PATH}"
        opened = await connect(url, max_size=None, ping_interval=None, open_timeout=30)
        if token is None:
            return opened
        assert str(await opened.recv()).startswith("0{"), "no Engine.IO greeting"
        await opened.send(f'40{{"token":"{token}"}}')
        answer = str(await opened.recv())
        assert answer.startswith("40{"), f"a socket was refused: {answer}"
        return opened
