"""What processes weigh: their proportional share (PSS), which counts shared pages once."""

from __future__ import annotations

from pathlib import Path

from inbox.local.processes import Process


def megabytes(process: Process) -> float:
    """PSS of a process and everything it started (Linux)."""
    return sum(_kilobytes(pid) for pid in _family(process.pid)) / 1024


def _family(pid: int) -> list[int]:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(relative for child in words for relative in _family(int(child)))]


def _kilobytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
