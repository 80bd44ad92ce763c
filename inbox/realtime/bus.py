"""The Socket.IO message queue over Redis, with the timeouts and the recovery we need."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import redis
from engineio.packet import MESSAGE, Packet
from socketio import PubSubManager

from inbox.encoding import encoded
from inbox.redis_client import connect

log = logging.getLogger(__name__)

CHANNEL = "inbox-events"
RECONNECT_SECONDS = 1.0
# After a publish in vain none is tried for so many times as long as that took: a Redis that hangs
# would hold up what this process tells its own sockets, by half a second each time. Processes
# without sockets try each time, and so does what ends a person's rights.
RESTS = 4
EVENT = "2"  # of Socket.IO's main namespace (its protocol, revision 5: packet encoding)


class RedisBus(PubSubManager):
    """Carries events between processes; a process's own sockets get them without Redis.

    Unlike python-socketio's own Redis manager it gives up a publish at once (the catch-up heals),
    listens again one second after Redis is back, tells its process when it was deaf
    (`on_deaf`), sends a batch as one message, and carries `sign_out`. On the wire: a line with the
    sender's `host_id`, so that a process need not read what is its own, and then a line of JSON for
    each message. An event's is two lines: its rooms, and its packet, ready for sockets.
    """

    name = "redis"

    def __init__(self, url: str, *, write_only: bool) -> None:
        super().__init__(channel=CHANNEL, write_only=write_only, logger=log, json=json)
        self._url = url
        self._publisher = connect(url)
        self._rests_until = 0.0
        self._own = threading.local()  # in workers, threads tell side by side
        self.on_deaf: Callable[[], None] = lambda: None

    def start_listening(self) -> None:
        """From now on, and not from the first browser's connection as python-socketio would: what
        is told while the subscription is made would be lost to that browser."""
        self.server.manager_initialized = True
        self.initialize()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What is emitted in the block goes to Redis in one round trip at its end."""
        self._own.batch = []
        try:
            yield
        finally:
            encoded, self._own.batch = self._own.batch, None
            self._send_unless_resting(encoded)

    def tell(self, event: str, payload: dict[str, Any], rooms: Sequence[str]) -> None:
        """Emits to everyone in these rooms, once each, in every process. Unlike `emit` it encodes
        the event once for all of them; raises TypeError when that cannot be done."""
        packet = EVENT + encoded([event, payload]).decode()
        self._deliver(packet, rooms)
        self._pass_on(f"{self.json.dumps({'method': 'tell', 'rooms': rooms})}\n{packet}")

    def sign_out(self, user_id: int) -> None:
        """Closes every socket of this user, in every process."""
        self._close_sockets(user_id)
        self._publish({"method": "sign_out", "user_id": user_id, "host_id": self.host_id})

    def _publish(self, data: dict[str, Any]) -> None:
        self._send([self.json.dumps(data)])  # what cannot be encoded raises

    def _pass_on(self, lines: str) -> None:
        batch: list[str] | None = getattr(self._own, "batch", None)
        if batch is None:
            self._send_unless_resting([lines])
        else:
            batch.append(lines)

    def _send_unless_resting(self, encoded: list[str]) -> None:
        if encoded and (self.write_only or time.monotonic() >= self._rests_until):
            self._send(encoded)

    def _send(self, encoded: list[str]) -> None:
        began = time.monotonic()
        try:
            self._publisher.publish(self.channel, "\n".join([self.host_id, *encoded]))
        except redis.RedisError as error:
            now = time.monotonic()
            self._rests_until = now + RESTS * (now - began)
            log.warning("%d events not passed on, browsers catch up: %s", len(encoded), error)

    def _listen(self) -> Iterator[dict[str, Any]]:
        """What other processes published; never ends."""
        was_deaf = True  # who is connected before the first subscription has heard nothing
        while True:
            try:
                client: Any = connect(self._url, patient=True)  # redis-py leaves pubsub untyped
                subscription = client.pubsub(ignore_subscribe_messages=True)
                subscription.subscribe(self.channel)
                if was_deaf:
                    self.on_deaf()
                for message in subscription.listen():
                    yield from self._understood(message["data"])
            except redis.RedisError as error:
                log.warning("Redis is away, events of other processes are missed: %s", error)
                was_deaf = True
                time.sleep(RECONNECT_SECONDS)

    def _understood(self, raw: bytes) -> Iterator[dict[str, Any]]:
        """What cannot be read (another release's, during a deployment) is passed over: to subscribe
        anew would lose what comes meanwhile."""
        try:
            yield from self._read(raw)
        except (ValueError, LookupError, TypeError, RuntimeError) as error:
            log.warning("Something unknown on %s: %r", self.channel, error)

    def _read(self, raw: bytes) -> Iterator[dict[str, Any]]:
        sender, _, encoded = raw.partition(b"\n")
        if sender.decode() == self.host_id:
            return
        lines = iter(encoded.decode().split("\n"))
        for line in lines:
            message = self.json.loads(line)
            if message["method"] == "tell":
                self._deliver(next(lines), message["rooms"])
            elif message["method"] == "sign_out":
                self._close_sockets(message["user_id"])
            else:
                yield message

    def _deliver(self, packet: str, rooms: Sequence[str]) -> None:
        frame = Packet(MESSAGE, packet)
        for _, eio_sid in self.get_participants("/", rooms) if rooms else ():
            self.server._send_eio_packet(eio_sid, frame)

    def _close_sockets(self, user_id: int) -> None:
        room = f"user:{user_id}"
        # Their pages load again: whoever lost rights must not go on looking at what is on screen.
        self.emit("signed_out", {"type": "signed_out"}, "/", room=room, ignore_queue=True)
        for sid, _ in list(self.get_participants("/", room)):
            self.server.disconnect(sid, ignore_queue=True)
