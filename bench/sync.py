"""A page's import: how many calls, how long, how much memory, beside a bare client that makes the
same calls and a plain implementation of the original's algorithm, all under one law.

Meta allows 2 calls a second for each account; here 3, for all alike, so that a run takes minutes.
Faster than that, the original would be slowed by its own pauses more than by the law. (What a
running import does to live messages is measured by `live`.)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import sync_floor, sync_original
from bench.apart import Apart
from bench.bulk import measure_writer
from bench.figures import Report, verdict
from bench.payloads import PAGE_ID
from bench.pretend_page import Import, Past, PretendPage, importing, pretend_page
from bench.stage import EMPTY, Stage

THREADS = 1_000
MANY = 10_000
FEW = 500
LAW = 3
SIGMAS = (0.6, 0.9, 1.2)
EXPECTED = {0.6: 18, 0.9: 7, 1.2: 5}  # times fewer calls than the original, at the least


@dataclass
class Round:
    """One import and its rivals."""

    past: Past
    fewest: int
    foreseen: int
    calls: int
    seconds: float
    visible: float
    floor_calls: int
    floor_seconds: float
    original_calls: int = 0
    original_seconds: float = 0.0


def measure(stage: Stage) -> Report:
    report = Report(
        "Syncs: 1,000 threads, 150 ms latency, 3 calls a second for each account",
        (
            "σ",
            "calls",
            "× fewest",
            "seconds",
            "× bare",
            "20 shown",
            "original",
            "calls ×",
            "time ×",
        ),
    )
    rounds = [_round(stage, Past(THREADS, sigma=sigma, law=LAW)) for sigma in SIGMAS]
    _run_originals(stage, rounds)
    report.rows += [_row(each) for each in rounds]
    report.figures["rounds"] = [
        {name: value for name, value in vars(each).items() if name != "past"}
        | {"sigma": each.past.sigma}
        for each in rounds
    ]
    _judge(report, rounds)
    _few(stage, report)
    _without_law(stage, report)
    measure_writer(stage, report)
    return report


def _round(stage: Stage, past: Past) -> Round:
    meta = pretend_page(stage, past)
    fewest = meta.fewest_calls()
    bare = Apart(sync_floor.walk)
    floor_seconds, floor_calls = bare.call(meta.url, PAGE_ID, float(past.law))
    bare.stop()
    before = meta.calls()
    with importing(stage, f"sync_{int(past.sigma * 10)}", meta) as imported:
        visible, seconds = imported.run()
        _check(imported, meta)
    calls = meta.calls() - before
    meta.process.stop()
    return Round(
        past, fewest["calls"], fewest["foreseen"], calls, seconds, visible, floor_calls,
        floor_seconds,
    )  # fmt: skip


def _check(imported: Import, meta: PretendPage) -> None:
    """Whatever is fast because it leaves something out is worth nothing."""
    stored = imported.count("SELECT count(*) FROM messages")
    assert stored == meta.messages(), f"{stored} of {meta.messages()} messages"
    assert imported.count("SELECT sum(unread_count) FROM conversations") == 0


def _run_originals(stage: Stage, rounds: list[Round]) -> None:
    """Side by side: they wait most of the time."""
    plains = [Apart(sync_original.walk) for _ in rounds]
    pages = [pretend_page(stage, each.past) for each in rounds]
    for each, plain, meta in zip(rounds, plains, pages, strict=True):
        name = f"original_{int(each.past.sigma * 10)}"
        stage.stores.postgresql.run(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
        plain.begin(meta.url, PAGE_ID, float(each.past.law), stage.stores.postgresql.url(name))
    for each, plain, meta in zip(rounds, plains, pages, strict=True):
        each.original_seconds, each.original_calls = plain.end()
        plain.stop()
        meta.process.stop()


def _row(each: Round) -> tuple[str, ...]:
    return (
        str(each.past.sigma),
        str(each.calls),
        f"{each.calls / each.fewest:.2f}",
        f"{each.seconds:.1f}",
        f"{each.seconds / each.floor_seconds:.2f}",
        f"{each.visible:.2f} s",
        f"{each.original_calls} in {each.original_seconds:.0f} s",
        f"{each.original_calls / each.calls:.1f}",
        f"{each.original_seconds / each.seconds:.1f}",
    )


def _judge(report: Report, rounds: list[Round]) -> None:
    calls = max(each.calls / each.fewest for each in rounds)
    time = max(each.seconds / each.floor_seconds for each in rounds)
    visible = max(each.visible for each in rounds)
    report.notes += [
        f"calls / fewest possible: {calls:.2f}, {verdict(calls, most=1.1)}",
        f"time / bare client: {time:.2f}, {verdict(time, most=1.05)}",
        f"first 20 threads shown after {visible:.2f} s, {verdict(visible, most=1.0)}",
    ]
    for each in rounds:
        fewer = each.original_calls / each.calls
        sooner = each.original_seconds / each.seconds
        report.notes.append(
            f"the original at σ {each.past.sigma}: {fewer:.1f} × the calls, "
            f"{verdict(fewer, least=EXPECTED[each.past.sigma])}; {sooner:.1f} × the time"
        )


def _few(stage: Stage, report: Report) -> None:
    """As long as the law does not forbid it: its calls alone may take longer."""
    meta = pretend_page(stage, Past(FEW))
    by_law = meta.fewest_calls()["calls"] / 2 / 2  # two accounts, two calls a second each
    with importing(stage, "few", meta) as imported:
        _, seconds = imported.run()
        _check(imported, meta)
    meta.process.stop()
    report.notes.append(
        f"{FEW} contacts, law off: {seconds:.1f} s, {verdict(seconds, most=10)}; by Meta's law "
        f"their calls take {by_law:.0f} s at the least"
    )
    report.figures["few"] = {"seconds": seconds, "by law": by_law}


def _without_law(stage: Stage, report: Report) -> None:
    """How much an import can take in, and what its worker weighs meanwhile."""
    peaks: dict[int, float] = {}
    took: dict[int, float] = {}
    for threads in (THREADS, MANY):
        meta = pretend_page(stage, Past(threads, latency=0.0))
        with importing(stage, f"free_{threads}", meta) as imported:
            _, took[threads] = imported.run()
            peaks[threads] = _peak_megabytes(imported)
            _check(imported, meta)
            rate = imported.count("SELECT count(*) FROM messages") / took[threads]
        meta.process.stop()
    flat = peaks[MANY] / peaks[THREADS]
    linear = took[MANY] / took[THREADS] / (MANY / THREADS)
    report.notes += [
        f"law and latency off: {rate:,.0f} messages/s, {verdict(rate, least=5000)}",
        f"{MANY:,} threads: peak {peaks[MANY]:.0f} MB, {verdict(peaks[MANY], most=250)}",
        f"its peak / that of {THREADS:,} threads: {flat:.2f}, {verdict(flat, most=1.2)}",
        f"its time / {MANY // THREADS} times theirs: {linear:.2f}, {verdict(linear, most=1.2)}",
    ]
    report.figures["without law"] = {"rate": rate, "peaks": peaks, "seconds": took}


def _peak_megabytes(imported: Import) -> float:
    """The most that its worker has held at once (proc(5): VmHWM)."""
    status = Path(f"/proc/{imported.worker.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
