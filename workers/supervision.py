"""A parent that starts processes, replaces those that die, and ends them together.

It imports nothing of Inbox, so that the parent of web stays small.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

PARENT = "INBOX_PARENT"  # tells a child whom it must not outlive
CANNOT_START = 78  # EX_CONFIG of sysexits.h: trying again would not help
PR_SET_PDEATHSIG = 1  # prctl(2), Linux only
ENDING = (signal.SIGTERM, signal.SIGINT)
LOOK_SECONDS = 0.1
STEADY_SECONDS = 5.0  # who lived that long is replaced at once
LONGEST_PAUSE_SECONDS = 8.0
GRACE_SECONDS = 8.0  # platforms kill everything 10 s after SIGTERM (Heroku: 30)


class Running(Protocol):
    """What we need of a process; `subprocess.Popen` has it."""

    def poll(self) -> int | None: ...
    def send_signal(self, sig: int) -> None: ...


class Fork:
    """A copy of this process that runs `work`, waits for the threads it has left (not for daemons),
    and ends with the code it answers. It shares the memory of all that is loaded already."""

    def __init__(self, work: Callable[[], int]) -> None:
        parent = os.getpid()
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.environ[PARENT] = str(parent)
            _run_and_exit(work)

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)


def _run_and_exit(work: Callable[[], int]) -> NoReturn:
    code = 1
    try:
        code = _run(work)
        _await_threads()
    finally:
        logging.shutdown()
        os._exit(code)


def _run(work: Callable[[], int]) -> int:
    for number in ENDING:  # the parent's handlers are not for us
        signal.signal(number, signal.SIG_DFL)
    try:
        return work()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1


def _await_threads() -> None:
    """As an interpreter does at its end, which `os._exit` leaves out: a reply may be at Meta."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()


class Child:
    """One process that is to run always; `start` starts it."""

    def __init__(self, start: Callable[[], Running]) -> None:
        self._start = start
        self.process: Running | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._pause = 0.0

    def keep_running(self) -> int | None:
        """Start it when it does not run and its pause is over; the exit code when it just died."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._start_at:
                self._started_at = now
                self.process = self._start()
            return None
        code = self.process.poll()
        if code is not None:
            self.process = None
            self._plan_restart(now)
        return code

    def _plan_restart(self, now: float) -> None:
        was_steady = now - self._started_at >= STEADY_SECONDS
        self._pause = 0.0 if was_steady else min(max(0.25, self._pause * 2), LONGEST_PAUSE_SECONDS)
        self._start_at = now + self._pause

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def command(words: Sequence[str], descriptors: Sequence[int] = ()) -> Callable[[], Running]:
    """For a `Child` that is a program of its own, which inherits these open files."""
    return lambda: subprocess.Popen(  # noqa: S603 - a command line of our own
        list(words), pass_fds=tuple(descriptors), env=os.environ | {PARENT: str(os.getpid())}
    )


def supervise(children: Sequence[Child], at_end: Callable[[], object] = lambda: None) -> int:
    """Keep all running until SIGTERM or SIGINT; then call `at_end` and end them within
    `GRACE_SECONDS`. Answers the exit code: 0, or CANNOT_START when a child said so."""
    asked: list[int] = []
    for number in ENDING:
        signal.signal(number, lambda received, _: asked.append(received))
    code = 0
    while not asked and code != CANNOT_START:
        codes = [child.keep_running() for child in children]
        code = CANNOT_START if CANNOT_START in codes else 0
        time.sleep(LOOK_SECONDS)
    at_end()
    _end(children)
    return code


def _end(children: Sequence[Child]) -> None:
    for child in children:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while any(child.is_running for child in children) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS / 5)
    for child in children:
        child.send(signal.SIGKILL)


def end_with_parent() -> None:
    """Called by a child first: if its parent is killed, it is told to stop too."""
    parent = os.environ.pop(PARENT, None)
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != int(parent):  # it died before the line above
        sys.exit(0)
