"""Numbers into words: quantiles, the spread of rounds, and the table that is printed."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """What one measure found. `figures` goes into the JSON, `rows` are printed."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def print(self) -> None:
        print(f"\n{self.title}")
        table = [self.columns, *self.rows]
        widths = [max(len(row[n]) for row in table) for n in range(len(self.columns))]
        for place, row in enumerate(table):
            cells = [
                cell.ljust(width) if n == 0 else cell.rjust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            print("  " + "  ".join(cells).rstrip())
            if place == 0:
                print("  " + "  ".join("-" * width for width in widths))
        for note in self.notes:
            print(f"  {note}")
        print(end="", flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them (0 to 1) do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float], form: str = "{:.0f}") -> str:
    """`1234 (1200–1260)`: the median of the rounds, the lowest and the highest."""
    low, high = form.format(min(values)), form.format(max(values))
    return f"{form.format(median(values))} ({low}–{high})"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.{2 if seconds < 0.01 else 1}f} ms"


def verdict(value: float, *, least: float | None = None, most: float | None = None) -> str:
    """Whether an aim is met, in words."""
    met = (least is None or value >= least) and (most is None or value <= most)
    aim = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
    return f"{'met' if met else 'MISSED'} (aim {aim})"
