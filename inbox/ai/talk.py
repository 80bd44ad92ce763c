"""What the AI is asked about, and what it answers: plain values, whatever they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["SUMMARY", "FULL"]
Status = Literal["NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "LOST"]
STATUSES: tuple[Status, ...] = ("NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "LOST")


@dataclass(frozen=True)
class Line:
    """One message. `id` is ours, and never sent."""

    id: int
    is_customer: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """All that was said with one person, oldest first. `total`: how many messages there are, of
    which `lines` may be the newest ones; `earlier` then sums up what came before."""

    lines: tuple[Line, ...]
    total: int = 0
    earlier: str | None = None


@dataclass(frozen=True)
class Stage:
    """`type`: OPEN, WON or LOST."""

    name: str
    type: str = "OPEN"
    description: str = ""


@dataclass(frozen=True)
class Task:
    """How threads are to be analysed. `stages` in the board's order, none for a SUMMARY.
    `language`: a tag such as "en"; null is the customer's own."""

    kind: Kind
    model: str
    stages: tuple[Stage, ...] = ()
    language: str | None = None


@dataclass(frozen=True)
class Answer:
    """The analysis of one thread; a SUMMARY has only that. `evidence`: ids of lines."""

    summary: str
    stage: str | None = None
    score: int | None = None
    status: Status | None = None
    confidence: int | None = None
    reasoning: str | None = None
    evidence: tuple[int, ...] = field(default=())
