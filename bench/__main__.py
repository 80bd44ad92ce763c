"""`python -m bench [NAME…]`: the measures by name, or all of them.

Prints a table for each, and writes all figures to `bench/results/`.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import analyses, board, contact_list, deliveries, live, reads, sync
from bench.machine import machine
from bench.stage import stage

MEASURES = {
    "analyses": analyses.measure,
    "board": board.measure,
    "contacts": contact_list.measure,
    "deliveries": deliveries.measure,
    "live": live.measure,
    "reads": reads.measure,
    "sync": sync.measure,
}
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    names = parser.parse_args().names or list(MEASURES)
    if unknown := sorted(set(names) - set(MEASURES)):
        parser.error(f"no such measure: {', '.join(unknown)}")
    here = machine()
    print(f"On {here.words()}.")
    print("PostgreSQL and Redis are our own, on this machine, and do not wait for the disk.")
    figures: dict[str, object] = {"machine": vars(here), "at": datetime.now(UTC).isoformat()}
    for name in names:
        began = time.monotonic()
        with stage() as on:
            report = MEASURES[name](on)
        report.notes.append(f"took {time.monotonic() - began:.0f} s")
        report.print()
        figures[name] = report.figures
    print(f"\nAll figures: {_write(figures)}")
    return 0


def _write(figures: dict[str, object]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    file.write_text(json.dumps(figures, indent=2))
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


if __name__ == "__main__":
    raise SystemExit(main())
