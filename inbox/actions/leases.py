"""Keeping a lease while long work is done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0


@contextmanager
def kept(renew: Callable[[], bool], *, at_most: float) -> Iterator[None]:
    """Calls `renew` every 2 s from a thread of its own (with its own database session) until the
    block ends, `renew` answers False, or `at_most` seconds are over: work that hangs for longer
    loses its lease like work that died."""
    ended = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's method
    beats = int(at_most / HEARTBEAT_SECONDS)
    thread = threading.Thread(target=_beat, args=(app, renew, ended, beats), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _beat(app: Flask, renew: Callable[[], bool], ended: threading.Event, beats: int) -> None:
    for _ in range(beats):
        if ended.wait(HEARTBEAT_SECONDS):
            return
        try:
            with app.app_context():
                if not renew():
                    return
        except SQLAlchemyError as error:
            log.warning("A lease could not be renewed: %s", error)
