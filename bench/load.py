"""A load generator: HTTP requests made beforehand, over raw keep-alive sockets, in a process of
its own. It costs some 20 µs a request, which the echo's rate shows to be no bottleneck."""

from __future__ import annotations

import math
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.apart import Apart

Address = tuple[str, int]
SILENCE_SECONDS = 20


@dataclass
class Blast:
    """What came of a sequence of requests, in their order; moments are of the monotonic clock,
    which all processes of a machine share."""

    starts: list[float]
    ends: list[float]
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def latencies(self) -> list[float]:
        """Seconds from the start of each request to the end of its answer."""
        return [end - start for start, end in zip(self.starts, self.ends, strict=True)]

    @property
    def began(self) -> float:
        return min(self.starts)

    @property
    def ended(self) -> float:
        return max(self.ends)


class Generator:
    """The generator's process, from this side."""

    def __init__(self) -> None:
        self._apart = Apart(blast)

    def blast(
        self,
        address: Address,
        requests: Sequence[bytes],
        *,
        connections: int = 24,
        per_second: float | None = None,
        seconds: float | None = None,
    ) -> Blast:
        """Sends the requests, as fast as the answers come or `per_second`, all of them or as many
        as can be sent in `seconds`, and waits for their answers. What gets 503 is sent again, as
        Meta would; raises AssertionError for anything else but 200."""
        done: Blast = self._apart.call(address, requests, connections, per_second, seconds)
        assert set(done.statuses) <= {200, 503}, f"answers of {address}: {done.statuses}"
        return done

    def stop(self) -> None:
        self._apart.stop()


def blast(
    address: Address,
    requests: Sequence[bytes],
    connections: int,
    per_second: float | None,
    seconds: float | None,
) -> Blast:
    return _Volley(address, requests, connections).run(per_second, seconds or math.inf)


class _Volley:
    def __init__(self, address: Address, requests: Sequence[bytes], connections: int) -> None:
        self._requests = requests
        self._sockets = {s.fileno(): s for s in (_open(address) for _ in range(connections))}
        self._free = deque(self._sockets)
        self._fresh = deque(range(len(requests)))
        self._refused: deque[int] = deque()
        self._under_way: dict[int, int] = {}  # a socket's number → its request's
        self._parts: dict[int, bytes] = {}
        self._blast = Blast([0.0] * len(requests), [0.0] * len(requests))

    def run(self, per_second: float | None, seconds: float) -> Blast:
        poller = select.epoll()
        for number in self._sockets:
            poller.register(number, select.EPOLLIN)
        began = time.monotonic()
        while True:
            if time.monotonic() - began > seconds:
                self._fresh.clear()
            self._send_due(began, per_second)
            if not self._under_way and not self._fresh:
                break
            ready = poller.poll(0.001 if per_second else SILENCE_SECONDS)
            assert ready or per_second, f"no answer within {SILENCE_SECONDS} s"
            for number, _ in ready:
                self._receive(number)
        poller.close()
        for opened in self._sockets.values():
            opened.close()
        sent = len([start for start in self._blast.starts if start])
        return Blast(self._blast.starts[:sent], self._blast.ends[:sent], self._blast.statuses)

    def _send_due(self, began: float, per_second: float | None) -> None:
        while self._free and self._refused:
            self._send(self._refused.popleft())
        while self._free and self._fresh:
            due = began + self._fresh[0] / per_second if per_second else 0.0
            if due > time.monotonic():
                return
            self._send(self._fresh.popleft())

    def _send(self, index: int) -> None:
        number = self._free.popleft()
        self._under_way[number] = index
        self._blast.starts[index] = self._blast.starts[index] or time.monotonic()
        self._sockets[number].sendall(self._requests[index])

    def _receive(self, number: int) -> None:
        received = self._sockets[number].recv(262_144)
        assert received, "the server closed a connection"
        answer = self._parts.pop(number, b"") + received
        if not _is_whole(answer):
            self._parts[number] = answer
            return
        index = self._under_way.pop(number)
        self._blast.ends[index] = time.monotonic()
        status = int(answer[9:12])
        self._blast.statuses[status] = self._blast.statuses.get(status, 0) + 1
        self._free.append(number)
        if status == 503:
            self._refused.append(index)


def _open(address: Address) -> socket.socket:
    opened = socket.create_connection(address, timeout=SILENCE_SECONDS)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)
