"""`python -m inbox.simulator`: the pretend Meta as a process of its own."""

import argparse
import signal
import threading
import time
from pathlib import Path

from inbox.simulator.demo import live
from inbox.simulator.generated_page import GeneratedSettings
from inbox.simulator.history import populate
from inbox.simulator.limits import Limits
from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.state import keep_saving, load_state, save_state
from inbox.simulator.workshop import add_workshop, fill_workshop

SHORT = {"instagram": "instagram_share", "newest": "newest_ms"}
FRACTIONS = ("mean", "sigma", "instagram_share", "nameless_share", "span_days")


def main() -> None:
    options = _options()
    page = PageSettings(
        id=options.page_id,
        name=options.page_name,
        token=options.page_token,
        instagram_account_id=options.instagram_account_id,
        has_human_agent=options.human_agent,
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(
        port=options.port,
        app_secret=options.app_secret,
        verify_token=options.verify_token,
        webhook_url=options.webhook_url,
        page=page,
        seed=options.seed,
    ) as meta:
        if options.demo:
            add_workshop(meta)
        if options.state:
            load_state(meta, options.state)
        meta.begin_with(_limits(options))
        meta.gemini.limits.per_minute = options.gemini_per_minute
        meta.gemini.limits.latency_s = options.gemini_latency
        meta.login.deauthorize_url = options.deauthorize_url
        meta.login.deletion_url = options.deletion_url
        if options.generated is not None:
            meta.generate(**options.generated)
        if options.demo:
            populate(meta)
            fill_workshop(meta)
            live(meta, quickest_s=options.quickest, slowest_s=options.slowest)
        if options.state:
            keep_saving(meta, options.state)
        print(f"simulator: {meta.url}", flush=True)
        stop.wait()
        if options.state:
            save_state(meta, options.state)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inbox.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--app-secret", required=True)
    parser.add_argument("--verify-token", required=True)
    parser.add_argument("--page-id", default="")
    parser.add_argument("--page-name", default="Nordlys Ceramics")
    parser.add_argument("--page-token", default="")
    parser.add_argument("--instagram-account-id", default="")
    parser.add_argument("--human-agent", action="store_true", help="the page may answer 7 days")
    parser.add_argument("--seed", type=int, default=None, help="makes ids repeat")
    parser.add_argument("--demo", action="store_true", help="invented customers live here")
    parser.add_argument("--quickest", type=float, default=8.0, help="seconds between customers")
    parser.add_argument("--slowest", type=float, default=25.0)
    parser.add_argument("--state", type=Path, default=None, help="file that keeps the world")
    parser.add_argument(
        "--generated",
        type=_settings,
        metavar="threads=1000,mean=35,sigma=0.9,instagram=0.3,seed=1",
        help="so many invented threads on the page; further keys as in GeneratedSettings",
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that answers take")
    parser.add_argument("--deauthorize-url", default="", help="told when somebody removes the app")
    parser.add_argument("--deletion-url", default="", help="told when somebody wants it forgotten")
    parser.add_argument("--law", type=float, default=0.0, help="conversation calls a second (2)")
    parser.add_argument("--law-burst", type=float, default=2.0)
    parser.add_argument("--law-scale", type=float, default=1.0, help="how fast the law's time runs")
    parser.add_argument("--budget", type=int, default=2500, help="messages in one answer")
    parser.add_argument("--gemini-per-minute", type=int, default=0, help="requests of each AI key")
    parser.add_argument("--gemini-latency", type=float, default=0.0, help="seconds the AI takes")
    return parser.parse_args()


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(
        law_per_second=options.law,
        law_burst=options.law_burst,
        law_scale=options.law_scale,
        latency_s=options.latency,
        budget=options.budget,
    )


def _settings(text: str) -> dict[str, float]:
    """`threads=1000,instagram=0.3` as settings of a generated page."""
    settings = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        name = SHORT.get(name, name)
        now_ms = str(int(time.time() * 1000))
        value = now_ms if value == "now" else value
        settings[name] = float(value) if name in FRACTIONS else int(value)
    GeneratedSettings(**settings)  # type: ignore[arg-type]  # refuses names that it does not know
    return settings


if __name__ == "__main__":
    main()
