"""Programs that Inbox starts beside itself, and never leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

TIED = Path(__file__).with_name("tied.py")


class Account(NamedTuple):
    """The system user a program runs as."""

    user: int
    group: int


class StartError(RuntimeError):
    """A program did not come up; the message says which and shows the end of its log."""


class Process:
    """One program with its log file.

    It stands in a session of its own, so Ctrl-C in the terminal reaches only its owner, which
    stops its programs in order; should the owner die, the kernel sends it `farewell` (Linux).
    Start it from a thread that lives as long as it shall: the kernel watches that thread.
    """

    def __init__(  # noqa: PLR0913 - they are what a program is
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        farewell: signal.Signals = signal.SIGTERM,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self.environment = None if environment is None else dict(environment)
        self.account = account or Account(os.geteuid(), os.getegid())
        self.farewell = farewell
        self.folder = folder
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._popen = self._run(log)

    def _run(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        tie = [sys.executable, "-I", "-S", TIED, os.getpid(), self.farewell.value, *self.account]
        return subprocess.Popen(  # noqa: S603 - a command line of our own
            [*map(str, tie), *self.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=self.environment,
            cwd=self.folder,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        assert self._popen is not None, f"{self.name} was never started"
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.is_running:
            os.kill(self.pid, number)

    def stop(self, seconds: float = 10) -> float:
        """Ask it to end, kill it when it has not within `seconds`; answers how long it took."""
        began = time.monotonic()
        self.signal(self.farewell)
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - began

    def kill(self) -> None:
        """End it without a chance to clean up, as a crash would."""
        self.signal(signal.SIGKILL)
        self.wait(10)

    def wait(self, seconds: float) -> int | None:
        return None if self._popen is None else self._popen.wait(seconds)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Return once `ready()` is true.

        Raises StartError when the program ends first or `seconds` have passed.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.is_running:
                raise StartError(f"{self.name} ended at once:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} is not ready in {seconds:g} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def log_tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
