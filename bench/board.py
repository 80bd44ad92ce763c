"""What the sales board costs the server with 100,000 contacts on it: half of them in one stage.

Server time is the time of one request over a kept connection, minus that of an echo of the same
server set-up.
"""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import quote

import psycopg2

from bench import leads
from bench.contact_list import _json
from bench.figures import Report, median, milliseconds, quantile, verdict
from bench.load import Address
from bench.payloads import get
from bench.seed import Size
from bench.stage import Stage

SIZE = Size(conversations=100_000, admins=1, agents=20)
ASKED = 100  # times each
FIRST_PAINT_SECONDS = 0.100
MOVE_SECONDS = 0.030
MOST_RATIO = 1.5  # a stage of 50,000 to one of 24

# Everybody stands somewhere: who stood nowhere in the seed is in the last stage but one.
ALL_ON_THE_BOARD = """
UPDATE contacts SET pipeline_id = s.pipeline_id, stage_id = s.id, stage_entered_at = now()
FROM pipeline_stages s WHERE s.name = 'Won' AND contacts.stage_id IS NULL;
UPDATE contacts SET stage_entered_at = last_interaction_at;
"""


def measure(stage: Stage) -> Report:
    url = stage.database("board", SIZE)
    leads.fill(url)
    _fill_up(url)
    _, address = stage.web(url)
    _, echo = stage.floor("echo", url)
    admin, agent = (token for token, _ in SIZE.tokens()[:2])
    empty = median(_ask(stage, echo, [get("/", "")] * ASKED))
    report = Report(
        f"The board with {SIZE.conversations:,} contacts: server time"
        f" ({ASKED} requests each, echo's {milliseconds(empty)} taken off)",
        ("", "p50", "p95"),
    )
    for name, requests in _requests(address, admin, agent).items():
        seconds = _ask(stage, address, requests)
        p50, p95 = (quantile(seconds, share) - empty for share in (0.5, 0.95))
        report.rows.append((name, milliseconds(p50), milliseconds(p95)))
        report.figures[name] = {"p50": p50, "p95": p95}
    _judge(report)
    return report


def _requests(address: Address, admin: str, agent: str) -> dict[str, list[bytes]]:
    (pipeline,) = _json(address, "/api/pipelines", admin)["items"]
    stages = {each["name"]: each["id"] for each in pipeline["stages"]}
    board = f"/api/pipelines/{pipeline['id']}"
    large, small = (f"/api/stages/{stages[name]}/cards" for name in ("New lead", "Lost"))
    items = _json(address, f"{large}?limit=100", admin)["items"]
    moved = [item["id"] for item in items]
    some = ",".join(moved[:20])
    middle = _middle(address, large, admin)
    asked = {
        "first paint": get("/board", admin),
        "first paint, an agent's": get("/board", agent),
        "columns after a reconnect": get(f"{board}/board", admin),
        "a stage of 50,000": get(large, admin),
        "a stage of 50,000, further down": get(f"{large}?cursor={middle}", admin),
        "a stage of 24": get(small, admin),
        "a stage of 50,000, an agent's": get(large, agent),
        "20 cards that changed": get(f"{board}/cards?ids={some}", admin),
    }
    made = {name: [request] * ASKED for name, request in asked.items()}
    targets = itertools.cycle([stages["Contacted"], stages["Qualified"]])
    made["moving a card"] = [
        _move(contact_id, next(targets), admin) for contact_id in moved[:ASKED]
    ]
    return made


def _judge(report: Report) -> None:
    p95 = {name: figure["p95"] for name, figure in report.figures.items()}
    paint = max(p95["first paint"], p95["first paint, an agent's"])
    ratio = report.figures["a stage of 50,000"]["p50"] / report.figures["a stage of 24"]["p50"]
    for words, value, most in (
        ("first paint p95 in ms", paint * 1000, FIRST_PAINT_SECONDS * 1000),
        ("moving a card p95 in ms", p95["moving a card"] * 1000, MOVE_SECONDS * 1000),
        ("a stage of 50,000 to one of 24, p50", ratio, MOST_RATIO),
    ):
        report.notes.append(f"{words}: {value:.2f}, {verdict(round(value, 2), most=most)}")


def _middle(address: Address, path: str, token: str) -> str:
    """The cursor after 1,000 cards."""
    cursor = ""
    for _ in range(10):
        answer: dict[str, Any] = _json(address, f"{path}?limit=100&cursor={cursor}", token)
        cursor = quote(str(answer["nextCursor"]), safe="")
    return cursor


def _move(contact_id: str, stage_id: str, token: str) -> bytes:
    body = json.dumps({"stageId": stage_id}).encode()
    head = (
        f"PATCH /api/contacts/{contact_id}/stage HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _fill_up(url: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(ALL_ON_THE_BOARD)
            cursor.execute("VACUUM (FULL, ANALYZE) contacts")
            cursor.execute("VACUUM ANALYZE contacts")
    finally:
        connection.close()


def _ask(stage: Stage, address: Address, requests: list[bytes]) -> list[float]:
    return stage.generator.blast(address, requests, connections=1).latencies
