"""What processes weigh and burn, with everything they started (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

from inbox.local.processes import Process

TICKS = os.sysconf("SC_CLK_TCK")


def megabytes(process: Process) -> float:
    """Their proportional share of memory (PSS), which counts shared pages once."""
    return sum(_kilobytes(pid) for pid in _family(process.pid)) / 1024


def cpu_seconds(process: Process) -> float:
    """What they have computed so far. On a busy machine it says more than the clock does."""
    return sum(_ticks(pid) for pid in _family(process.pid)) / TICKS


def _family(pid: int) -> list[int]:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(relative for child in words for relative in _family(int(child)))]


def _kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _ticks(pid: int) -> int:
    """In user and kernel mode (proc(5): utime, stime)."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])
