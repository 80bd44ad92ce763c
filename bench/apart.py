"""A function in a process of its own, so that what measures does not slow what it measures."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

CONTEXT = multiprocessing.get_context("spawn")


class Apart:
    """The process stays between calls and ends with us."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_serve, args=(theirs, function), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, *arguments: Any) -> Any:
        """What the function answers; raises AssertionError with its traceback when it raised."""
        self.begin(*arguments)
        return self.end()

    def begin(self, *arguments: Any) -> None:
        """Starts a call whose answer `end` waits for."""
        self._pipe.send(arguments)

    def end(self) -> Any:
        answer, error = self._pipe.recv()
        assert error is None, error
        return answer

    def stop(self) -> None:
        self._pipe.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _serve(pipe: Connection, function: Callable[..., Any]) -> None:
    while True:
        try:
            arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            os._exit(0)  # our owner has ended, or is ending; nothing here is worth a farewell
        try:
            pipe.send((function(*arguments), None))
        except Exception:
            pipe.send((None, traceback.format_exc()))
