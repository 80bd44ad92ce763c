"""What every fault run measures, said the same way; the table of all runs ends a session."""

from __future__ import annotations

from dataclasses import dataclass, fields

ALL: list[Report] = []


@dataclass(frozen=True)
class Report:
    """Counts are of messages (of replies or files where the run says so). `live` is what the
    least informed admin's browser heard over its socket, `caught_up` what the database had to
    bring it. `pause` is the longest time in which Meta got no 200; `equal` is from the end of the
    fault and the last 200, whichever came later, until every browser equals the database."""

    run: str
    sent: int
    acked: int
    stored: int
    live: int | None = None
    caught_up: int | None = None
    lost: int = 0
    twice: int = 0
    out_of_order: int = 0
    pause: float | None = None
    equal: float | None = None
    note: str = ""

    def file(self) -> None:
        """Prints it, keeps it for the table, and fails where a promise is broken."""
        ALL.append(self)
        print("\n" + table([self]))
        assert (self.lost, self.twice, self.out_of_order) == (0, 0, 0), self
        assert self.acked == self.stored == self.sent, self


def table(reports: list[Report]) -> str:
    """As Markdown."""
    names = [field.name for field in fields(Report)]
    head = [" | ".join(name.replace("_", " ") for name in names), " | ".join("-" * len(names))]
    lines = head + [
        " | ".join(_cell(getattr(report, name)) for name in names) for report in reports
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} s" if isinstance(value, float) else str(value)
