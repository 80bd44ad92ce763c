"""Nothing else may use what the local run is about to use."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox.local.folders import LOCK
from inbox.local.processes import StartError


def check_port(host: str, port: int, variable: str) -> None:
    """Raises StartError, in one clear line, when something listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise StartError(
                f"port {port} cannot be used ({reason}). Choose another: make run {variable}=…"
            ) from error


@contextmanager
def only_one(local: Path) -> Iterator[None]:
    """Raises StartError when another run uses the same data."""
    local.mkdir(exist_ok=True)
    with (local / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError("another `make run` uses the data of this folder.") from None
        yield
