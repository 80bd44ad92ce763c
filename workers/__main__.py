"""`python -m workers`: all workers. `python -m workers QUEUE…`: one worker on these queues.

Three processes, because one worker over all queues kept a reply waiting 8 s behind a sync. They are
forks of a parent that has loaded all they need, and so share most of their memory. For the AI there
are more, by the number of keys: each has one request to it under way at a time.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from workers.supervision import CANNOT_START, Child, Fork, end_with_parent, supervise

if TYPE_CHECKING:
    from flask import Flask

Work = Callable[[], int]

PROCESSES = (("outgoing", "default"), ("sync",), ("ai", "campaigns"))
QUEUES = tuple(name for names in PROCESSES for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("queues", nargs="*", metavar="QUEUE", help=", ".join(QUEUES))
    queues = parser.parse_args().queues
    if unknown := sorted(set(queues) - set(QUEUES)):
        parser.error(f"no such queue: {', '.join(unknown)}")
    app = make_app("worker")
    if app is None:
        return CANNOT_START
    works: list[Work] = [partial(work, app, names) for names in ([queues] if queues else PROCESSES)]
    works += more_for_ai(app) if "ai" in (queues or QUEUES) else []
    return works[0]() if len(works) == 1 else supervise_all(works)


def more_for_ai(app: Flask) -> list[Work]:
    """One less than there are keys, each with a single database connection."""
    from inbox.ai.gemini import preload
    from inbox.config import settings

    with app.app_context():
        more = settings().ai_processes - 1
    if more == 0:
        return []
    preload()
    own = make_app("ai")
    return [partial(work, own, ("ai",))] * more if own else []


def supervise_all(works: Sequence[Work]) -> int:
    import workers.worker  # noqa: F401 - RQ too is loaded once for all

    gc.collect()
    gc.freeze()  # else the first collection would copy what the children could share
    return supervise([Child(partial(Fork, each)) for each in works])


def make_app(process: Literal["worker", "ai"]) -> Flask | None:
    """Nothing is connected yet, so it can be forked; None, with a line that says why, when it
    cannot be made."""
    from inbox import create_app
    from inbox.config import Config, ConfigError
    from inbox.logs import log_to_stderr

    log_to_stderr()
    try:
        return create_app(Config.from_environment(os.environ), process)
    except ConfigError as error:
        print(f"The workers cannot start: {error}", file=sys.stderr)
        return None


def work(app: Flask, queues: Sequence[str]) -> int:
    end_with_parent()

    from workers.worker import run_worker

    run_worker(app, queues)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
