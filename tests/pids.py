"""What the system says about processes (Linux)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox.local.processes import Process


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def family_of(pid: int) -> list[int]:
    """It, its children, and theirs."""
    return [pid, *(relative for child in children_of(pid) for relative in family_of(child))]


def is_alive(pid: int) -> bool:
    """Does this process still run? One that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    """It and all its children hang: connections stay open, and nobody answers."""
    family = family_of(process.pid)
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)
