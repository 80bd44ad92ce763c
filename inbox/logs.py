"""What the processes of Inbox say to their operator: one line per event, on standard error."""

from __future__ import annotations

import logging


def log_to_stderr() -> None:
    """Our own loggers from INFO on; libraries only when something is wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("inbox", "workers"):
        logging.getLogger(name).setLevel(logging.INFO)
    # Its warnings hold whole addresses, and those of OAuth hold secrets.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
