"""What the list of contacts costs the server with 100,000 of them: any filter, any order.

Server time is the time of one request over a kept connection, minus that of an echo of the same
server set-up.
"""

from __future__ import annotations

from typing import Any

import requests

from bench import leads
from bench.figures import Report, median, milliseconds, quantile, verdict
from bench.load import Address
from bench.payloads import get
from bench.seed import Size
from bench.stage import Stage

SIZE = Size(conversations=100_000, admins=1, agents=20)
ASKED = 100  # times each
TURNS = 10  # in which they alternate, after one that is not counted
MOST_SECONDS = 0.050


def measure(stage: Stage) -> Report:
    url = stage.database("contacts", SIZE)
    leads.fill(url)
    _, address = stage.web(url)
    _, echo = stage.floor("echo", url)
    admin, agent = (token for token, _ in SIZE.tokens()[:2])
    empty: list[float] = []
    queries = _queries(address, admin)
    seconds: dict[str, list[float]] = {name: [] for name in queries}
    for turn in range(TURNS + 1):
        empty += _ask(stage, echo, get("/", ""))
        for name, query in queries.items():
            token = agent if name.startswith("an agent's") else admin
            asked = _ask(stage, address, get(f"/api/contacts{query}", token))
            seconds[name] += asked if turn else []
    report = Report(
        f"The list of {SIZE.conversations:,} contacts: server time of a page of 50"
        f" ({ASKED} requests each, echo's {milliseconds(median(empty))} taken off)",
        ("", "p50", "p95"),
    )
    tails = []
    for name in queries:
        p50, p95 = (quantile(seconds[name], share) - median(empty) for share in (0.5, 0.95))
        tails.append(p95)
        report.rows.append((name, milliseconds(p50), milliseconds(p95)))
        report.figures[name] = {"p50": p50, "p95": p95}
    worst = round(max(tails) * 1000, 1)
    report.notes.append(f"slowest p95 in ms: {worst}, {verdict(worst, most=MOST_SECONDS * 1000)}")
    return report


def _queries(address: Address, token: str) -> dict[str, str]:
    tags = {each["name"]: each["id"] for each in _json(address, "/api/tags", token)["items"]}
    (pipeline,) = _json(address, "/api/pipelines", token)["items"]
    stages = {each["name"]: each["id"] for each in pipeline["stages"]}
    people = _json(address, "/api/colleagues", token)["items"]
    agent = next(each["id"] for each in people if each["role"] == "AGENT")
    page = _json(address, "/api/contacts?limit=1", token)["items"][0]["facebookPageId"]
    middle = _json(address, "/api/contacts?limit=100", token)["nextCursor"]
    return {
        "all": "?",
        "from the middle": f"?cursor={middle}",
        "oldest first": "?sort=SILENT",
        "by score": "?sort=SCORE",
        "by name": "?sort=NAME",
        "search, one": "?q=Customer%2077777",
        "search, nobody": "?q=nobody%20at%20all",
        "search, an e-mail": "?q=customer500%40example",
        "page": f"?pageId={page}",
        "Instagram": "?platform=INSTAGRAM",
        "stage of half": f"?stageId={stages['New lead']}",
        "stage of few": f"?stageId={stages['Lost']}",
        "no stage": "?stageId=none",
        "status": "?status=LOST",
        "score 90 to 95": "?scoreMin=90&scoreMax=95",
        "score 90 to 95, by score": "?scoreMin=90&scoreMax=95&sort=SCORE",
        "rare tag": f"?tagId={tags['VIP']}",
        "common tag": f"?tagId={tags['everyday']}",
        "two tags": f"?tagId={tags['VIP']}&tagId={tags['wholesale']}",
        "held by one agent": f"?assignee={agent}",
        "unassigned": "?assignee=none",
        "last 7 days": "?lastInteraction=7",
        "silent for 60 days": "?lastInteraction=-60",
        "no AI yet": "?analysis=NONE",
        "by the rules": "?analysis=RULES",
        "all at once": f"?q=customer&tagId={tags['everyday']}&assignee={agent}&status=LOST"
        "&platform=FACEBOOK&scoreMin=10&analysis=AI&lastInteraction=30",
        "nobody matches": f"?tagId={tags['VIP']}&assignee={agent}&stageId={stages['Lost']}"
        "&status=NEW&analysis=RULES",
        "an agent's own": "?",
        "an agent's own, by score": "?sort=SCORE",
        "an agent's own, a rare tag": f"?tagId={tags['VIP']}",
    }


def _json(address: Address, path: str, token: str) -> dict[str, Any]:
    answer = requests.get(
        f"http://{address[0]}:{address[1]}{path}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _ask(stage: Stage, address: Address, request: bytes) -> list[float]:
    return stage.generator.blast(address, [request] * (ASKED // TURNS), connections=1).latencies
