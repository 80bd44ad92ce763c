"""`python -m inbox.simulator`: the pretend Meta as a process of its own."""

import argparse
import signal
import threading
from pathlib import Path

from inbox.simulator.demo import live
from inbox.simulator.history import populate
from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.state import keep_saving, load_state, save_state


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
        if options.state:
            load_state(meta, options.state)
        if options.demo:
            populate(meta)
        if options.demo:
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
    return parser.parse_args()


if __name__ == "__main__":
    main()
