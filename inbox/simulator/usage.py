"""The headers that tell clients how much of their allowance is used (META_PLATFORM §5)."""

import json

from inbox.simulator.clock import HOUR_MS
from inbox.simulator.graph_call import GraphCall
from inbox.simulator.graph_errors import GraphError
from inbox.simulator.pretend import PretendMeta

CALLS_PER_HOUR = 4800
COUNTED = 200  # looking at the newest calls is enough for a percentage
BUSINESS_TYPES = {80001: "pages", 80002: "instagram"}


def usage_headers(meta: PretendMeta, call: GraphCall, error: GraphError | None) -> dict[str, str]:
    """X-App-Usage, X-Business-Use-Case-Usage and the trace headers of every answer."""
    since = meta.clock.now_ms() - HOUR_MS
    with meta.world.lock:
        newest = meta.calls[-COUNTED:]
    recent = sum(1 for row in newest if row["atMs"] > since)
    minutes = error.regain_access_minutes if error else 0
    percent = 100 if minutes else min(99, recent * 100 // CALLS_PER_HOUR)
    counts = {"call_count": percent, "total_time": percent, "total_cputime": percent // 2}
    kind = BUSINESS_TYPES.get(error.code if error else 0, "messenger")
    business = {"type": kind, **counts, "estimated_time_to_regain_access": minutes}
    owner = call.segments[0] if call.segments else ""
    headers = {
        "X-App-Usage": json.dumps(counts),
        "X-Business-Use-Case-Usage": json.dumps({owner: [business]}),
        "x-fb-trace-id": f"T{recent:010d}",
        "x-fb-rev": "1030000000",
        "x-fb-debug": "simulated",
        "facebook-api-version": call.version or "v26.0",
    }
    if error is not None and error.code == 190:
        description = json.dumps(error.message)
        challenge = f'OAuth "Facebook Platform" "invalid_token" {description}'
        headers["WWW-Authenticate"] = challenge
    return headers
