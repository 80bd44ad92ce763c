"""The rule-based analysis, for when no model can be asked. Each point can be explained.

Points: 20 for having written; up to 10 for how much; back and forth 10; asked something 5; a price
15; details of a purchase 10; buying words 20; contact details left 15; has bought: 90 at least;
said no: 15 at the most. Then recency: a full score within 2 days, half of what is above 20 after
60. Never 0 for a person who wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from re import Pattern

from inbox.ai import signals
from inbox.ai.injections import without_orders
from inbox.ai.prompt import LONGEST_LINE
from inbox.ai.talk import Answer, Line, Stage, Status, Task, Thread

BASE = 20
FRESH = timedelta(days=2)
STALE = timedelta(days=60)
MOST_READ = 60  # of a person's messages, the newest
QUOTED = 90  # characters


@dataclass(frozen=True)
class Found:
    """What the rules saw; the lines are the newest of their kind."""

    incoming: Sequence[Line]
    answers: int
    is_answered: bool
    is_back_and_forth: bool
    question: Line | None
    price: Line | None
    detail: Line | None
    buy: Line | None
    bought: Line | None
    no: Line | None
    reach: Line | None


def analyze(thread: Thread, task: Task, *, now: datetime) -> Answer:
    """As the model would be asked, from what stands in the messages alone."""
    found = _look(thread)
    summary = _summary(thread, found, now)
    if task.kind == "SUMMARY":
        return Answer(summary)
    score, reasons = _score(found, now)
    status = _status(found, score)
    seen = (found.bought, found.buy, found.no, found.price, found.detail, found.reach)
    evidence = dict.fromkeys(line.id for line in seen if line is not None)
    return Answer(
        summary=summary,
        stage=_stage(task.stages, status, score),
        score=score,
        status=status,
        confidence=min(70, 30 + 8 * len(evidence)),
        reasoning="By rules, without AI: " + "; ".join(reasons) + ".",
        evidence=tuple(evidence)[:5],
    )


def _look(thread: Thread) -> Found:
    incoming = [line for line in thread.lines if line.is_customer]
    read = [
        replace(line, text=without_orders(line.text[:LONGEST_LINE]))
        for line in incoming[-MOST_READ:]
    ]
    turns = sum(
        a.is_customer != b.is_customer for a, b in zip(thread.lines, thread.lines[1:], strict=False)
    )
    newest = read[::-1]
    return Found(
        incoming=incoming,
        answers=len(thread.lines) - len(incoming),
        is_answered=bool(thread.lines) and not thread.lines[-1].is_customer,
        is_back_and_forth=turns >= 3,
        question=_first(newest, signals.QUESTION),
        price=_first(newest, signals.PRICE),
        detail=_first(newest, signals.DETAIL),
        buy=_first(newest, signals.BUY),
        bought=_first(newest, signals.BOUGHT),
        no=_first(newest[:3], signals.NO),  # an earlier no may be over
        reach=_first(newest, signals.EMAIL) or _first(newest, signals.PHONE),
    )


def _first(lines: Iterable[Line], pattern: Pattern[str]) -> Line | None:
    return next((line for line in lines if pattern.search(line.text)), None)


def _score(found: Found, now: datetime) -> tuple[int, list[str]]:
    if not found.incoming:
        return 0, ["they have not written yet"]
    many = len(found.incoming)
    points = [
        (BASE, f"wrote {many} message{'s' if many > 1 else ''}"),
        (min(many, 10), ""),
        (10 * found.is_back_and_forth, "there was a back-and-forth"),
        (5 * (found.question is not None), "asked something"),
        (15 * (found.price is not None), "asked about a price"),
        (10 * (found.detail is not None), "asked for details of a purchase"),
        (20 * (found.buy is not None), "used buying words"),
        (15 * (found.reach is not None), "left contact details"),
    ]
    reasons = [reason for value, reason in points if value and reason]
    score = float(sum(value for value, _ in points))
    quiet = now - found.incoming[-1].at
    age = min(max((quiet - FRESH) / (STALE - FRESH), 0.0), 1.0)
    score = BASE + (score - BASE) * (1 - age / 2)
    reasons.append(f"last wrote {_ago(quiet)}")
    if found.bought:
        score = max(score, 90.0)
        reasons.append("says that they have bought")
    elif found.no:
        score = min(score, 15.0)
        reasons.append("said no")
    return max(1, min(100, round(score))), reasons


def _status(found: Found, score: int) -> Status:
    if found.bought:
        return "CONVERTED"
    if found.no:
        return "LOST"
    if score >= 60:
        return "QUALIFIED"
    return "CONTACTED" if found.answers else "NEW"


def _stage(stages: Sequence[Stage], status: Status, score: int) -> str | None:
    """Won and lost by the stages' types; the rest by how far the score reaches into the open
    ones."""
    for wanted, kind in (("CONVERTED", "WON"), ("LOST", "LOST")):
        if status == wanted and (ends := [s.name for s in stages if s.type == kind]):
            return ends[0]
    still_open = [stage.name for stage in stages if stage.type == "OPEN"] or [
        stage.name for stage in stages
    ]
    if not still_open:
        return None
    if status == "NEW":
        return still_open[0]
    reach = min(max(score - BASE, 0) / (100 - BASE), 0.999)
    return still_open[max(int(reach * len(still_open)), min(1, len(still_open) - 1))]


def _summary(thread: Thread, found: Found, now: datetime) -> str:
    if not found.incoming:
        return "They have not written yet. " + _open(thread, found, now)
    first = found.incoming[0].at
    many = len(found.incoming)
    parts = [f"Wrote {many} message{'s' if many > 1 else ''} since {first:%d %B %Y}."]
    shown = (
        ("Says they have bought", found.bought),
        ("Said no", found.no),
        ("Wants to buy", found.buy),
        ("Asked about the price", found.price),
        ("Asked about details", found.detail),
        ("Asked", found.question),
    )
    told = dict[int, str]()
    for what, line in shown:
        if line is not None and line.id not in told and len(told) < 3:
            told[line.id] = f"{what}: “{_quote(line.text)}”"
    parts += told.values()
    if not told:
        parts.append(f"Last wrote: “{_quote(found.incoming[-1].text)}”")
    if found.reach:
        parts.append("Left contact details.")
    return " ".join([*parts, _open(thread, found, now)])


def _open(thread: Thread, found: Found, now: datetime) -> str:
    if not thread.lines:
        return "There are no messages to read."
    ago = _ago(now - thread.lines[-1].at)
    who = "We wrote last" if found.is_answered else "Waits for an answer; wrote last"
    return f"{who}, {ago}."


def _quote(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUOTED else words[: QUOTED - 1].rstrip() + "…"


def _ago(passed: timedelta) -> str:
    hours = max(passed.total_seconds(), 0) / 3600
    if hours < 1:
        return "less than an hour ago"
    count, unit = (int(hours), "hour") if hours < 48 else (int(hours / 24), "day")
    return f"{count} {unit}{'s' if count > 1 else ''} ago"
