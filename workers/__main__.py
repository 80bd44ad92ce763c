"""`python -m workers`: all workers. `python -m workers QUEUE…`: one worker on these queues.

Three processes, because one worker over all queues kept a reply waiting 8 s behind a sync.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from workers.supervision import CANNOT_START, Child, end_with_parent, supervise

PROCESSES = (("outgoing", "default"), ("sync",), ("ai", "campaigns"))
QUEUES = tuple(name for names in PROCESSES for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("queues", nargs="*", metavar="QUEUE", help=", ".join(QUEUES))
    queues = parser.parse_args().queues
    if unknown := sorted(set(queues) - set(QUEUES)):
        parser.error(f"no such queue: {', '.join(unknown)}")
    return work(queues) if queues else supervise_all()


def supervise_all() -> int:
    command = [sys.executable, "-m", "workers"]
    return supervise([Child([*command, *names]) for names in PROCESSES])


def work(queues: Sequence[str]) -> int:
    end_with_parent()

    from inbox import create_app
    from inbox.config import Config, ConfigError
    from inbox.logs import log_to_stderr
    from workers.worker import run_worker

    log_to_stderr()
    try:
        config = Config.from_environment(os.environ)
    except ConfigError as error:
        print(f"The workers cannot start: {error}", file=sys.stderr)
        return CANNOT_START
    run_worker(create_app(config, "worker"), queues)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
