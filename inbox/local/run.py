"""`make run`: all of Inbox on this machine, with a pretend Meta, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import requests
from flask_migrate import upgrade

from inbox import create_app
from inbox.config import ROOT, Config, ConfigError
from inbox.extensions import db
from inbox.local.alone import check_port, only_one
from inbox.local.demo import PASSWORD, TEAM, seed
from inbox.local.folders import remove_data
from inbox.local.processes import Process, StartError
from inbox.local.redis_server import RedisServer
from inbox.local.settings import (
    INSTAGRAM_ACCOUNT_ID,
    PAGE_ID,
    PAGE_NAME,
    addresses,
    kept_secrets,
    settings_for,
    write_for_commands,
)
from inbox.local.stores import lasting_postgresql, running

LOCAL = Path(os.environ.get("LOCAL_FOLDER") or ROOT / ".local")
LOGS = LOCAL / "logs"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_SECONDS = 0.5


class StoppedError(BaseException):
    """Ctrl-C, at whatever moment; what runs is ended on the way out."""


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        with ExitStack() as stack:
            run(stack)
    except StoppedError:
        print("\nStopped. The data are kept; `make run RESET=1` starts over.")
        return 0
    except (StartError, ConfigError) as error:
        print(f"Inbox cannot run: {error}", file=sys.stderr)
    return 1


def _stop(_: int, __: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # ending has begun, and takes a moment
    raise StoppedError


def run(stack: ExitStack) -> None:
    """Start everything; what is started is ended when `stack` closes. Returns only by raising:
    StoppedError, or StartError when something cannot start or ends by itself."""
    host, port, simulator_port = addresses(os.environ)
    check_port(host, port, "PORT")
    check_port(host, simulator_port, "SIMULATOR_PORT")
    stack.enter_context(only_one(LOCAL))
    if os.environ.get("RESET") not in (None, "", "0"):
        remove_data(LOCAL)
    print("Starting Inbox …", flush=True)
    kept = kept_secrets(LOCAL)
    programs = Programs(stack, settings_for(os.environ, kept, start_stores(stack)))
    write_for_commands(programs.settings, LOCAL / "environment")
    simulator = programs.start("simulator", *simulator_command(programs.settings, kept))
    prepare(programs.settings, simulator, kept["PAGE_TOKEN"])
    web = programs.start("web", "wsgi.py")
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - it is shown
    web.wait_until(answers(f"{url}/health"))
    programs.start("workers", "-m", "workers")  # after web: on a small machine it is ready sooner
    programs.start("clock", "-m", "workers.clock")
    welcome(url, programs.settings["FACEBOOK_GRAPH_URL"], ai_of(programs.settings))
    programs.watch()


class Programs:
    """The Python programs of this run, all with the same settings."""

    def __init__(self, stack: ExitStack, settings: Mapping[str, str]) -> None:
        self.settings = settings
        self._stack = stack
        self._running: list[Process] = []

    def start(self, name: str, *arguments: str) -> Process:
        log = LOGS / f"{name}.log"
        log.unlink(missing_ok=True)
        environment = dict(os.environ) | dict(self.settings)
        command = [sys.executable, *arguments]
        process = Process(name, command, log=log, environment=environment, folder=ROOT)
        self._stack.callback(process.stop)
        process.start()
        self._running.append(process)
        return process

    def watch(self) -> None:
        """Raises StartError as soon as one of them has ended."""
        while all(process.is_running for process in self._running):
            time.sleep(LOOK_SECONDS)
        ended = next(process for process in self._running if not process.is_running)
        raise StartError(f"{ended.name} ended by itself:\n{ended.log_tail()}")


def start_stores(stack: ExitStack) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: what the environment names, else servers of our own."""
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    if not urls.get("DATABASE_URL"):
        urls["DATABASE_URL"] = stack.enter_context(lasting_postgresql(LOCAL)).database("inbox")
    if not urls.get("REDIS_URL"):
        urls["REDIS_URL"] = stack.enter_context(running(RedisServer(log=LOGS / "redis.log"))).url
    return urls


def simulator_command(settings: Mapping[str, str], kept: Mapping[str, str]) -> list[str]:
    ours = f"http://127.0.0.1:{settings['PORT']}"
    return [
        *("-m", "inbox.simulator", "--demo", "--state", str(LOCAL / "simulator.json")),
        *("--port", settings["FACEBOOK_GRAPH_URL"].rpartition(":")[2]),
        *("--webhook-url", f"{ours}/api/webhooks/facebook"),
        *("--deauthorize-url", f"{ours}/api/facebook/deauthorize"),
        *("--deletion-url", f"{ours}/api/facebook/data-deletion"),
        *("--app-secret", kept["FACEBOOK_APP_SECRET"]),
        *("--verify-token", kept["FACEBOOK_WEBHOOK_VERIFY_TOKEN"]),
        *("--page-id", PAGE_ID, "--page-name", PAGE_NAME, "--page-token", kept["PAGE_TOKEN"]),
        *("--instagram-account-id", INSTAGRAM_ACCOUNT_ID),
        *("--gemini-per-minute", "15", "--gemini-latency", "1.5"),
    ]


def prepare(settings: Mapping[str, str], simulator: Process, page_token: str) -> None:
    """Bring the database up to date, and fill in the demo when nobody is there yet."""
    graph_url = settings["FACEBOOK_GRAPH_URL"]
    app = create_app(Config.from_environment(dict(os.environ) | dict(settings)))
    with app.app_context():
        upgrade()
        simulator.wait_until(answers(f"{graph_url}/simulator"))
        seed(graph_url, page_token)
        db.session.remove()
        db.engine.dispose()


def answers(url: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return requests.get(url, timeout=2).ok
        except requests.RequestException:
            return False

    return ask


def ai_of(settings: Mapping[str, str]) -> str:
    """Who analyses the contacts of this run."""
    config = Config.from_environment(dict(os.environ) | dict(settings))
    if not config.google_ai_keys:
        return "by rules: there is no GOOGLE_AI_API_KEY (PRETEND_AI=1 plays one)"
    where = "the pretend Gemini" if "GOOGLE_AI_ENDPOINT" in settings else "Google's Gemini"
    return f"by {where}, with {len(config.google_ai_keys)} keys"


def welcome(url: str, simulator_url: str, ai: str) -> None:
    width = max(len(member.email) for member in TEAM)
    print(f"\nInbox is ready: {url}\n\nSign in with the password {PASSWORD} as")
    for name, email, role in TEAM:
        print(f"  {email:{width}}  {name}, {role.lower()}")
    print(f"\nPlay a customer: {simulator_url}")
    print(f"Contacts are analyzed {ai}")
    print(
        f"Logs: {os.path.relpath(LOGS)}   Stop: Ctrl-C   Start over: make run RESET=1", flush=True
    )


if __name__ == "__main__":
    raise SystemExit(main())
