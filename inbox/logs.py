"""What the processes of Inbox say to their operator: one line per event, on standard error."""

from __future__ import annotations

import logging
import re
from types import TracebackType

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """What others wrote (a name, Meta's words) may hold line breaks, and a line after them that
    looks like one of ours: they are written out, and the lines of a trace are set apart."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return CONTROL.sub(lambda found: repr(found[0])[1:-1], super().formatMessage(record))

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return "\n".join(f"  {line}" for line in super().formatException(ei).splitlines())


def log_to_stderr() -> None:
    """Our own loggers from INFO on; libraries only when something is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORM))
    logging.basicConfig(handlers=[handler])
    for name in ("inbox", "workers"):
        logging.getLogger(name).setLevel(logging.INFO)
    # Its warnings hold whole addresses, and those of OAuth hold secrets.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
