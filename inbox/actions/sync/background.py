"""Calls beside each other, in threads that an ending process does not wait for: what they were
about stands in the database, and its lease runs out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from flask import Flask, current_app

T = TypeVar("T")


def started(call: Callable[[], T]) -> Future[T]:
    """Begins the call in a thread of its own, with its own database session. (A pool of the
    standard library would keep a worker from ending while Meta makes it wait.)"""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's method
    future: Future[T] = Future()

    def run() -> None:
        try:
            with app.app_context():
                answer = call()
        except BaseException as error:  # whatever it is, who waits must hear of it
            future.set_exception(error)
        else:
            future.set_result(answer)

    threading.Thread(target=run, name="sync-call", daemon=True).start()
    return future
