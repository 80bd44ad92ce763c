"""Calls to the outside, several at once in one worker: a Page at which Meta stalls must not keep
the replies of all others waiting.

The job that RQ sees is over when its call has begun. Nothing rests on it: what the call is about
stands in the database, and the sweeps find what a dead worker left behind.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask, current_app

log = logging.getLogger(__name__)


class Slots:
    """So many calls at once. The interpreter waits at its end for those that are `awaited`."""

    def __init__(self, name: str, most: int, *, awaited: bool) -> None:
        self._name = name
        self._free = threading.BoundedSemaphore(most)
        self._awaited = awaited

    def start(self, call: Callable[[int], object], argument: int) -> None:
        """Begins as soon as a slot is free."""
        self._free.acquire()
        self._begin(call, argument)

    def start_or_skip(self, call: Callable[[int], object], argument: int) -> None:
        """Begins if a slot is free; else leaves it to the next sweep."""
        if self._free.acquire(blocking=False):
            self._begin(call, argument)

    def _begin(self, call: Callable[[int], object], argument: int) -> None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's method
        arguments = (app, call, argument)
        threading.Thread(
            target=self._run, args=arguments, name=self._name, daemon=not self._awaited
        ).start()

    def _run(self, app: Flask, call: Callable[[int], object], argument: int) -> None:
        try:
            with app.app_context():
                call(argument)
        except Exception:
            log.exception("%s(%s) failed", call.__name__, argument)
        finally:
            self._free.release()
