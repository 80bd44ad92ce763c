"""What the inbox's questions cost the server, on a large and on a small database side by side.

Server time is the time of one request over a kept connection, minus that of an echo of the same
server set-up, asked in the same breath.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from bench.figures import Report, median, milliseconds, quantile, verdict
from bench.load import Address
from bench.payloads import delivery, get
from bench.seed import Size
from bench.stage import Stage

SMALL = Size(conversations=1_000, messages_each=10, admins=1, agents=20)
LARGE = Size(conversations=100_000, messages_each=10, admins=1, agents=20)
ASKED = 200  # times each, of each database
TURNS = 10  # in which they alternate
LONGEST = 60  # seconds; a machine that needs longer takes fewer turns
CHANGED = 50  # messages that came since the cursor
MOST_SECONDS = 0.020
MOST_RATIO = 1.5


@dataclass
class Subject:
    """One database behind one web process."""

    address: Address
    admin: str
    agent: str
    requests: dict[str, bytes] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def json(self, path: str, token: str) -> dict[str, Any]:
        url = f"http://{self.address[0]}:{self.address[1]}{path}"
        answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def measure(stage: Stage) -> Report:
    began = time.monotonic()
    large_url = stage.database("large", LARGE)
    took = time.monotonic() - began
    small_url = stage.database("small", SMALL)
    _, echo = stage.floor("echo", small_url)
    subjects = [
        _subject(stage, url, size) for url, size in ((large_url, LARGE), (small_url, SMALL))
    ]
    ask = get("/", "")
    empty: list[float] = []
    began = time.monotonic()
    for turn in range(TURNS):
        if turn and time.monotonic() - began > LONGEST:
            break
        empty += _ask(stage, echo, ask)
        for name in subjects[0].requests:
            for subject in subjects:
                seconds = _ask(stage, subject.address, subject.requests[name])
                subject.seconds.setdefault(name, []).extend(seconds)
    report = _report(*subjects, echo=median(empty))
    report.notes.append(f"loading the large one took {took:.0f} s")
    return report


def _subject(stage: Stage, url: str, size: Size) -> Subject:
    """A web process on this database, with a while of new messages behind it."""
    _, address = stage.web(url)
    admin, agent = (token for token, _ in size.tokens()[:2])
    subject = Subject(address, admin, agent)
    cursors = {token: subject.json("/api/changes", token)["cursor"] for token in (admin, agent)}
    stage.generator.blast(address, [delivery([n * 7])[0] for n in range(CHANGED)])
    fresh = {token: subject.json("/api/changes", token)["cursor"] for token in (admin, agent)}
    thread, middle = _thread(subject), _middle(subject)
    agent_list = "/api/conversations?limit=30"
    subject.requests = {
        "list": get(agent_list, admin),
        "list, from the middle": get(f"{agent_list}&cursor={middle}", admin),
        "list, unread": get(f"{agent_list}&unread=1", admin),
        "list, unassigned": get(f"{agent_list}&assignee=none", admin),
        "list, an agent's": get(agent_list, agent),
        "thread": get(f"/api/conversations/{thread}/messages?limit=30", admin),
        "changes, nothing new": get(f"/api/changes?since={_quoted(fresh[admin])}", admin),
        f"changes, {CHANGED} messages": get(f"/api/changes?since={_quoted(cursors[admin])}", admin),
        "changes, an agent's": get(f"/api/changes?since={_quoted(cursors[agent])}", agent),
        "counts": get("/api/counts", admin),
        "counts, an agent's": get("/api/counts", agent),
    }
    found = subject.json(f"/api/changes?since={_quoted(cursors[admin])}", admin)
    assert len(found["messages"]) == CHANGED, "these came after the cursor"
    return subject


def _thread(subject: Subject) -> str:
    items = subject.json("/api/conversations?limit=100", subject.admin)["items"]
    return str(items[99]["id"])


def _middle(subject: Subject) -> str:
    """The cursor after 500 rows."""
    cursor = ""
    for _ in range(5):
        path = f"/api/conversations?limit=100&cursor={cursor}"
        cursor = _quoted(subject.json(path, subject.admin)["nextCursor"])
    return cursor


def _quoted(cursor: object) -> str:
    return quote(str(cursor), safe="")


def _ask(stage: Stage, address: Address, request: bytes) -> list[float]:
    count = ASKED // TURNS
    return stage.generator.blast(address, [request] * count, connections=1).latencies


def _report(large: Subject, small: Subject, *, echo: float) -> Report:
    report = Report(
        f"Reads: server time with {LARGE.conversations:,} conversations and"
        f" {LARGE.conversations * LARGE.messages_each:,} messages, against"
        f" {SMALL.conversations:,} conversations ({len(large.seconds['list'])} requests each,"
        f" echo's {milliseconds(echo)} taken off)",
        ("", "p50", "p95", "small p50", "small p95", "p50 ratio", "p95 ratio"),
    )
    ratios, tails = [], []
    for name in large.requests:
        columns = [
            quantile(subject.seconds[name], share) - echo
            for subject in (large, small)
            for share in (0.5, 0.95)
        ]
        p50, p95, small_p50, small_p95 = columns
        if not name.startswith("counts"):  # shown, but no aim is set for them
            ratios.append(p50 / small_p50)
            tails.append(p95)
        words = [milliseconds(value) for value in columns]
        report.rows.append((name, *words, f"{p50 / small_p50:.2f}", f"{p95 / small_p95:.2f}"))
        report.figures[name] = dict(
            zip(("p50", "p95", "small_p50", "small_p95"), columns, strict=True)
        )
    worst = round(max(tails) * 1000, 1)
    report.notes += [
        f"slowest p95 in ms: {worst}, {verdict(worst, most=MOST_SECONDS * 1000)}",
        f"worst p50, large to small: {max(ratios):.2f}, {verdict(max(ratios), most=MOST_RATIO)}",
    ]
    return report
